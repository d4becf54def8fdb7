/** Secrets and personal data where they are stored. */
export { openWith, sealWith } from './aes-gcm.js';
export { Vault } from './vault.js';
