import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { BadKeyError } from '../rsa-key.js';
import { openAlipayKeys } from './alipay-keys.js';

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1 = (key: KeyObject) => key.export({ type: 'pkcs1', format: 'pem' }).toString();
const bare = (pem: string) => pem.replaceAll(/-----[^-]+-----|\s/g, '');

const ours = rsa(2048);
const alipay = rsa(2048);
const short = rsa(1024);
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ed25519 = generateKeyPairSync('ed25519');
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });

const open = ({ privateKey, alipayPublicKey }: { privateKey: string; alipayPublicKey: string }) =>
  openAlipayKeys({ privateKey, theirs: { alipayPublicKeys: [alipayPublicKey] } }, 'account a: ');

const RIGHT = { privateKey: pkcs8(ours.privateKey), alipayPublicKey: spki(alipay.publicKey) };

/** The sentence of the refusal, which never holds any part of what was in the files. */
function sentenceOf(wrong: Partial<typeof RIGHT>): string {
  const settings = { ...RIGHT, ...wrong };
  const sentence = refusalOf(settings);
  const leaked = Object.values(settings)
    .flatMap((text) => piecesOf(bare(text)))
    .filter((piece) => sentence.includes(piece));
  expect(leaked).toEqual([]);
  return sentence;
}

function refusalOf(settings: typeof RIGHT): string {
  try {
    open(settings);
  } catch (error) {
    if (error instanceof BadKeyError) return error.message;
    throw error;
  }
  return 'accepted';
}

const piecesOf = (text: string): string[] => text.match(/.{12}/g) ?? [];

describe('the right keys', () => {
  it.each([
    ['PEM', RIGHT],
    ['bare base64', { privateKey: bare(RIGHT.privateKey), alipayPublicKey: bare(RIGHT.alipayPublicKey) }],
    ['the older PKCS#1', { privateKey: pkcs1(ours.privateKey), alipayPublicKey: pkcs1(alipay.publicKey) }],
  ])('are taken as %s', (_form, settings) => {
    const keys = open(settings);
    expect(keys.privateKey.equals(ours.privateKey)).toBe(true);
    expect(keys.trusted(undefined)[0]?.equals(alipay.publicKey)).toBe(true);
  });
});

describe('a wrong private key', () => {
  const PUBLIC = 'account a: privateKeyFile holds a public key: our application private key belongs there';
  const UNREADABLE =
    'account a: privateKeyFile holds no RSA private key that can be read: our application private key belongs there, as PEM or base64';
  it.each([
    ['our public key', spki(ours.publicKey), PUBLIC],
    ["Alipay's public key", spki(alipay.publicKey), PUBLIC],
    ['a public key as bare base64', bare(spki(ours.publicKey)), PUBLIC],
    ['garbage', 'hush hush, this is no key but it may be a secret', UNREADABLE],
    ['nothing', '  \n', UNREADABLE],
    ['half a key', RIGHT.privateKey.slice(0, 400), UNREADABLE],
    [
      'an EC key',
      pkcs8(ec.privateKey),
      'account a: privateKeyFile holds a key of type ec: RSA2 needs an RSA key',
    ],
    [
      'an Ed25519 key',
      pkcs8(ed25519.privateKey),
      'account a: privateKeyFile holds a key of type ed25519: RSA2 needs an RSA key',
    ],
    [
      'an RSA key bound to another padding',
      pkcs8(pss.privateKey),
      'account a: privateKeyFile holds a key of type rsa-pss: RSA2 needs an RSA key',
    ],
    [
      'an RSA key of 1024 bits',
      pkcs8(short.privateKey),
      'account a: privateKeyFile holds an RSA key of 1024 bits: RSA2 needs at least 2048',
    ],
  ])('%s is refused in a sentence that says so', (_what, privateKey, sentence) => {
    expect(sentenceOf({ privateKey })).toBe(sentence);
  });
});

describe("a wrong key where Alipay's belongs", () => {
  const OURS =
    "account a: alipayPublicKeyFiles holds our own application public key: Alipay's public key belongs there (the console shows it after our own has been uploaded)";
  const PRIVATE =
    "account a: alipayPublicKeyFiles holds a private key: Alipay's public key belongs there, and that private key should be replaced, since it was given away";
  const UNREADABLE =
    "account a: alipayPublicKeyFiles holds no RSA public key that can be read: Alipay's public key belongs there, as PEM or base64";
  it.each([
    ['our own public key', spki(ours.publicKey), OURS],
    ['our own public key as bare base64', bare(spki(ours.publicKey)), OURS],
    ['our own public key in the older form', pkcs1(ours.publicKey), OURS],
    ['our private key', pkcs8(ours.privateKey), PRIVATE],
    ['our private key in the older form', pkcs1(ours.privateKey), PRIVATE],
    ['our private key as bare base64', bare(pkcs8(ours.privateKey)), PRIVATE],
    ['our private key, older form, as bare base64', bare(pkcs1(ours.privateKey)), PRIVATE],
    ['garbage', 'hush hush, this is no key but it may be a secret', UNREADABLE],
    ['nothing', '', UNREADABLE],
    [
      'an EC key',
      spki(ec.publicKey),
      'account a: alipayPublicKeyFiles holds a key of type ec: RSA2 needs an RSA key',
    ],
    [
      'an RSA key of 1024 bits',
      spki(short.publicKey),
      'account a: alipayPublicKeyFiles holds an RSA key of 1024 bits: RSA2 needs at least 2048',
    ],
  ])('%s is refused in a sentence that says so', (_what, alipayPublicKey, sentence) => {
    expect(sentenceOf({ alipayPublicKey })).toBe(sentence);
  });
});
