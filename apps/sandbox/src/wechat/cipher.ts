import { createCipheriv, randomBytes } from 'node:crypto';

/** The APIv3 key: 32 bytes of ASCII, chosen by the merchant. */
export const API_V3_KEY_BYTES = 32;
/** WeChat's nonces are 12 printable characters, used as the bytes of the initialisation vector. */
const NONCE_CHARACTERS = 12;

/** An `AEAD_AES_256_GCM` resource as it stands in notifies and in the list of certificates. */
export interface EncryptedResource {
  readonly algorithm: 'AEAD_AES_256_GCM';
  readonly nonce: string;
  readonly associated_data: string;
  /** Base64 of the cipher text with the 16 bytes of the tag behind it. */
  readonly ciphertext: string;
}

/** Encrypts with the merchant's APIv3 key. @param key 32 bytes */
export function encryptResource(plaintext: string, associatedData: string, key: Buffer): EncryptedResource {
  const nonce = randomBytes(NONCE_CHARACTERS).toString('base64url').slice(0, NONCE_CHARACTERS);
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(nonce));
  cipher.setAAD(Buffer.from(associatedData));
  const bytes = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    nonce,
    associated_data: associatedData,
    ciphertext: bytes.toString('base64'),
  };
}
