import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { RefreshTokenSuccession, newRefreshToken, refreshTokenHash } from './refresh-token.js';

const key = generateKeyPairSync('ed25519').privateKey;

describe('a refresh token', () => {
  it('is 256 random bits, of which only a hash is kept', () => {
    const { token, hash } = newRefreshToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(hash).toHaveLength(32);
    expect(hash).toEqual(refreshTokenHash(token));
    expect(new Set(Array.from({ length: 1000 }, () => newRefreshToken().token)).size).toBe(1000);
  });

  it('has the same successor when the same request comes again, on every replica', () => {
    const { token } = newRefreshToken();
    const first = new RefreshTokenSuccession(key).successorOf(token, 'request-1');
    const again = new RefreshTokenSuccession(key).successorOf(token, 'request-1');
    expect(again).toEqual(first);
    expect(Buffer.from(first.token, 'base64url')).toHaveLength(32);
  });

  it('has another successor for another request, another token or another key', () => {
    const { token } = newRefreshToken();
    const succession = new RefreshTokenSuccession(key);
    const otherKey = generateKeyPairSync('ed25519').privateKey;
    const tokens = [
      succession.successorOf(token, 'request-1').token,
      succession.successorOf(token, 'request-2').token,
      succession.successorOf(newRefreshToken().token, 'request-1').token,
      new RefreshTokenSuccession(otherKey).successorOf(token, 'request-1').token,
    ];
    expect(new Set(tokens).size).toBe(4);
  });
});
