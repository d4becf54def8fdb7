// @ts-check
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} SecretFiles
 * @property {string} sessionPrivateKey Ed25519, PKCS8 PEM
 * @property {string} sessionPublicKey Ed25519, SPKI PEM
 * @property {string} alipayAppPrivateKey RSA-2048, PKCS8 PEM: the merchant's side of the channel
 * @property {string} alipayAppPublicKey RSA-2048, SPKI PEM: what the channel knows of the merchant
 */

/**
 * Makes the key pairs that are missing and leaves the others alone.
 *
 * @param {string} directory
 * @returns {SecretFiles}
 */
export function ensureSecrets(directory) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files = {
    sessionPrivateKey: join(directory, 'session-private-key.pem'),
    sessionPublicKey: join(directory, 'session-public-key.pem'),
    alipayAppPrivateKey: join(directory, 'alipay-app-private-key.pem'),
    alipayAppPublicKey: join(directory, 'alipay-app-public-key.pem'),
  };
  const publicKeyEncoding = /** @type {const} */ ({ type: 'spki', format: 'pem' });
  const privateKeyEncoding = /** @type {const} */ ({ type: 'pkcs8', format: 'pem' });
  if (!existsSync(files.sessionPrivateKey) || !existsSync(files.sessionPublicKey)) {
    const pair = generateKeyPairSync('ed25519', { publicKeyEncoding, privateKeyEncoding });
    writePair(files.sessionPrivateKey, files.sessionPublicKey, pair);
  }
  if (!existsSync(files.alipayAppPrivateKey) || !existsSync(files.alipayAppPublicKey)) {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding });
    writePair(files.alipayAppPrivateKey, files.alipayAppPublicKey, pair);
  }
  return files;
}

/**
 * @param {string} privateFile
 * @param {string} publicFile
 * @param {{ privateKey: string, publicKey: string }} pair
 */
function writePair(privateFile, publicFile, pair) {
  writeFileSync(privateFile, pair.privateKey, { mode: 0o600 });
  writeFileSync(publicFile, pair.publicKey, { mode: 0o644 });
}
