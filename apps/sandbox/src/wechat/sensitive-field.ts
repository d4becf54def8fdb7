import { constants, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';

/** RSA/ECB/OAEPWithSHA-1AndMGF1Padding: how names travel in both directions. */
const PADDING = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' } as const;

/** @returns the text; `undefined` when it was encrypted for another key, or not at all. */
export function decryptSensitive(base64: string, privateKey: KeyObject): string | undefined {
  try {
    const plain = privateDecrypt({ key: privateKey, ...PADDING }, Buffer.from(base64, 'base64'));
    return plain.toString('utf8');
  } catch {
    return undefined;
  }
}

/** For the merchant, whose API certificate has this key. */
export function encryptSensitive(text: string, publicKey: KeyObject): string {
  return publicEncrypt({ key: publicKey, ...PADDING }, Buffer.from(text)).toString('base64');
}
