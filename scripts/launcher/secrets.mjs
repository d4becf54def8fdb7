// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const publicKeyEncoding = /** @type {const} */ ({ type: 'spki', format: 'pem' });
const privateKeyEncoding = /** @type {const} */ ({ type: 'pkcs8', format: 'pem' });

/**
 * @typedef {object} SecretFiles
 * @property {string} sessionPrivateKey Ed25519, PKCS8 PEM
 * @property {string} sessionPublicKey Ed25519, SPKI PEM
 * @property {string} payoutKeys the ring of keys that payout accounts are sealed with where they are stored
 * @property {string} webhookKey 32 bytes in base64: what webhooks' secrets are encrypted with where they are stored
 */

/**
 * Makes the keys that are missing and leaves the others alone.
 *
 * @param {string} directory
 * @returns {SecretFiles}
 */
export function ensureSecrets(directory) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files = {
    sessionPrivateKey: join(directory, 'session-private-key.pem'),
    sessionPublicKey: join(directory, 'session-public-key.pem'),
    webhookKey: join(directory, 'webhook-key.txt'),
    payoutKeys: join(directory, 'payout-keys.json'),
  };
  if (!existsSync(files.sessionPrivateKey) || !existsSync(files.sessionPublicKey)) {
    const pair = generateKeyPairSync('ed25519', { publicKeyEncoding, privateKeyEncoding });
    writePair(files.sessionPrivateKey, files.sessionPublicKey, pair);
  }
  if (!existsSync(files.webhookKey)) {
    writeFileSync(files.webhookKey, randomBytes(32).toString('base64'), { mode: 0o600 });
  }
  if (!existsSync(files.payoutKeys)) {
    const newKey = () => randomBytes(32).toString('base64');
    const ring = { current: 'k1', keys: { k1: newKey() }, fingerprint: newKey() };
    writeFileSync(files.payoutKeys, `${JSON.stringify(ring, null, 2)}\n`, { mode: 0o600 });
  }
  return files;
}

/**
 * `<name>-private-key.pem` and `<name>-public-key.pem`, made if one of them is missing: our side of a payment channel.
 *
 * @param {string} directory
 * @param {string} name
 */
export function ensureRsaPair(directory, name) {
  const privateFile = join(directory, `${name}-private-key.pem`);
  const publicFile = join(directory, `${name}-public-key.pem`);
  if (existsSync(privateFile) && existsSync(publicFile)) return;
  writePair(
    privateFile,
    publicFile,
    generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding }),
  );
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
