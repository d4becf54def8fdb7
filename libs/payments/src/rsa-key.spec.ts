import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isPublicHalfOf, readPrivateKey, readPublicKey } from './rsa-key.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki') =>
  (type === 'spki' || (type === 'pkcs1' && key.type === 'public')
    ? key.export({ type: type === 'spki' ? 'spki' : 'pkcs1', format: 'pem' })
    : key.export({ type: type === 'pkcs8' ? 'pkcs8' : 'pkcs1', format: 'pem' })
  ).toString();

/** The body alone, on one line: what Alipay's key tool puts on the clipboard. */
const bare = (text: string) => text.replaceAll(/-----[^-]+-----|\s/g, '');

const readOurs = (text: string) => readPrivateKey(text, 'OUR_FILE', 'our key');
const readTheirs = (text: string) => readPublicKey(text, 'THEIR_FILE', 'their key');

describe('a private key', () => {
  it.each([
    ['PKCS#8 PEM', pem(privateKey, 'pkcs8')],
    ['PKCS#1 PEM', pem(privateKey, 'pkcs1')],
    ['PKCS#8 as bare base64', bare(pem(privateKey, 'pkcs8'))],
    ['PKCS#1 as bare base64', bare(pem(privateKey, 'pkcs1'))],
    ['PEM of an editor on Windows', `\uFEFF${pem(privateKey, 'pkcs8').replaceAll('\n', '\r\n')}`],
    ['bare base64 in lines', `\n  ${bare(pem(privateKey, 'pkcs8')).replaceAll(/(.{76})/g, '$1\r\n')}\n`],
  ])('is read from %s', (_form, text) => {
    expect(readOurs(text).equals(privateKey)).toBe(true);
  });

  it('is not read from a file that is locked with a pass phrase, which nobody could type in', () => {
    const locked = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'correct horse' })
      .toString();
    expect(() => readOurs(locked)).toThrow('OUR_FILE holds no RSA private key that can be read');
  });
});

describe('a public key', () => {
  it.each([
    ['SPKI PEM', pem(publicKey, 'spki')],
    ['PKCS#1 PEM', pem(publicKey, 'pkcs1')],
    ['SPKI as bare base64', bare(pem(publicKey, 'spki'))],
    ['PKCS#1 as bare base64', bare(pem(publicKey, 'pkcs1'))],
  ])('is read from %s', (_form, text) => {
    expect(readTheirs(text).equals(publicKey)).toBe(true);
  });

  it('is never quietly made out of a private key, though it could be', () => {
    expect(createPublicKey(pem(privateKey, 'pkcs8')).equals(publicKey)).toBe(true);
    expect(() => readTheirs(pem(privateKey, 'pkcs8'))).toThrow('THEIR_FILE holds a private key');
  });
});

describe('two halves', () => {
  it('are known for one pair by what they hold, whatever they were written as', () => {
    const ours = readTheirs(bare(pem(publicKey, 'pkcs1')));
    expect(isPublicHalfOf(ours, readOurs(bare(pem(privateKey, 'pkcs1'))))).toBe(true);

    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(isPublicHalfOf(other.publicKey, privateKey)).toBe(false);
  });
});
