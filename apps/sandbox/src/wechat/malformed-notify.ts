import { randomBytes } from 'node:crypto';
import type { NotifyMalformation } from '../notify/notify-job.js';
import { encryptResource, type EncryptedResource } from './cipher.js';

/** The documented beginning of a probe: a merchant that accepts it does not verify. */
const SIGN_TEST = 'WECHATPAY/SIGNTEST/';
const HUGE_BYTES = 2 * 1024 * 1024;
/** Beyond the five minutes in which a notify may be accepted. */
const STALE_BY_SECONDS = 600;

/** Everything that a notify is put together from. */
export interface NotifyParts {
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly resource: EncryptedResource;
  readonly timestamp: number;
  readonly serial: string;
  /** Changes the signature after it was made. */
  readonly alterSignature: (signature: string) => string;
}

/**
 * What is done to a notify before it is signed, so that its signature is right and only this gives it away; `sign-test` and
 * `unknown-serial` are about the signature itself.
 *
 * @param plaintext what the resource says, to encrypt it with another key
 */
export function malform(parts: NotifyParts, how: NotifyMalformation, plaintext: string): NotifyParts {
  const { resource } = parts;
  const withResource = (changed: Partial<EncryptedResource>): NotifyParts => ({
    ...parts,
    resource: { ...resource, ...changed },
  });
  switch (how) {
    case 'truncated-ciphertext':
      return withResource({
        ciphertext: Buffer.from(resource.ciphertext, 'base64').subarray(0, 9).toString('base64'),
      });
    case 'short-nonce':
      return withResource({ nonce: resource.nonce.slice(0, 4) });
    case 'bad-base64':
      return withResource({ ciphertext: `!${resource.ciphertext.slice(1)}*?` });
    case 'wrong-key':
      return withResource(encryptResource(plaintext, resource.associated_data, randomBytes(32)));
    case 'huge':
      return { ...parts, envelope: { ...parts.envelope, summary: '支'.repeat(HUGE_BYTES / 2) } };
    case 'stale':
      return { ...parts, timestamp: parts.timestamp - STALE_BY_SECONDS };
    case 'unknown-serial':
      return { ...parts, serial: randomBytes(20).toString('hex').toUpperCase() };
    case 'sign-test':
      return { ...parts, alterSignature: (signature) => `${SIGN_TEST}${signature.slice(SIGN_TEST.length)}` };
  }
}
