import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { errors, jwtVerify } from 'jose';
import { ACCESS_TOKEN, accessTokenClaims } from '#libs/sessions';
import { AccessTokenSigner, sessionPrivateKey } from './access-token-signer.js';

const pair = generateKeyPairSync('ed25519');
const signer = new AccessTokenSigner(pair.privateKey);
const NOW = new Date('2026-03-01T08:00:00.400Z');

const rules = {
  algorithms: [ACCESS_TOKEN.algorithm],
  issuer: ACCESS_TOKEN.issuer,
  audience: ACCESS_TOKEN.audience,
};

describe('an access token', () => {
  it('says whose it is and which session, and is valid for ten minutes', async () => {
    const { token, expiresAt } = await signer.sign('41', '77', NOW);
    const { payload } = await jwtVerify(token, pair.publicKey, { ...rules, currentDate: NOW });
    const claims = accessTokenClaims.parse(payload);
    expect(claims).toMatchObject({ sub: '41', sid: '77' });
    expect(claims.exp - claims.iat).toBe(600);
    expect(expiresAt).toEqual(new Date(claims.exp * 1000));
  });

  it('is refused after its time, by another key, and when a letter of it was changed', async () => {
    const { token, expiresAt } = await signer.sign('41', '77', NOW);
    await expect(jwtVerify(token, pair.publicKey, { ...rules, currentDate: expiresAt })).rejects.toThrow(
      errors.JWTExpired,
    );
    const other = generateKeyPairSync('ed25519').publicKey;
    await expect(jwtVerify(token, other, { ...rules, currentDate: NOW })).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
    const [header = '', , signature = ''] = token.split('.');
    const claims = { sub: '42', sid: '77', iss: 'clearbid', aud: 'clearbid', iat: 0, exp: 9_999_999_999 };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    await expect(jwtVerify(forged, pair.publicKey, { ...rules, currentDate: NOW })).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
  });
});

describe('the key that signs access tokens', () => {
  const spki = { type: 'spki', format: 'pem' } as const;
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;

  it('is read from PKCS#8 PEM', () => {
    const key = sessionPrivateKey(pair.privateKey.export(pkcs8).toString());
    expect(key.equals(pair.privateKey)).toBe(true);
  });

  it('is refused, in words, when it is the public half, of another kind, or no key at all', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(() => sessionPrivateKey(pair.publicKey.export(spki).toString())).toThrow('holds a public key');
    expect(() => sessionPrivateKey(rsa.export(pkcs8).toString())).toThrow('holds a key of the kind rsa');
    expect(() => sessionPrivateKey('not a key')).toThrow('holds no readable private key');
  });
});
