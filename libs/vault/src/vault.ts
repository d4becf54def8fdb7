import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { openWith, sealWith } from './aes-gcm.js';

const KEY_BYTES = 32;
const VERSION = 1;

const key = z
  .base64('must be base64')
  .transform((text) => Buffer.from(text, 'base64'))
  .refine(({ length }) => length === KEY_BYTES, `must be ${KEY_BYTES} bytes`);
const keyId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _');

const keyRing = z
  .strictObject({
    /** The key that seals; the others only open what they once sealed. */
    current: keyId,
    keys: z.record(keyId, key),
    /** For fingerprints. Stays for ever: changing it forgets which numbers are the same. */
    fingerprint: key,
  })
  .refine(({ current, keys }) => keys[current] !== undefined, {
    path: ['current'],
    message: 'names a key that is not among `keys`',
  });

export class BadKeyRingError extends Error {
  override readonly name = 'BadKeyRingError';
}

/**
 * Short texts where they are stored: AES-256-GCM under a ring of keys. What is sealed says which key it needs, so that keys
 * can be changed while old ones still open what they sealed.
 */
export class Vault {
  private ring: z.output<typeof keyRing>;

  /** @throws BadKeyRingError that says what is wrong with the file, never what is in it. */
  constructor(private readonly file: string) {
    this.ring = readKeyRing(file);
  }

  /** Takes a changed file over. @throws BadKeyRingError, and goes on with the keys that it has. */
  reload(): void {
    this.ring = readKeyRing(this.file);
  }

  /** @param context what it belongs to: `payout_account:7:number`. */
  seal(context: string, text: string): Buffer {
    const { current, keys } = this.ring;
    const id = Buffer.from(current);
    const sealed = sealWith(keys[current] as Buffer, context, text);
    return Buffer.concat([Buffer.from([VERSION, id.length]), id, sealed]);
  }

  /** @throws Error when its key is gone, when it was sealed for another place, or when it has been changed. */
  open(context: string, sealed: Buffer): string {
    const id = keyIdOf(sealed);
    const found = this.ring.keys[id];
    if (!found)
      throw new Error(`${context} was sealed with the key ${id}, which is not in the ring any more`);
    try {
      return openWith(found, context, sealed.subarray(2 + id.length));
    } catch (error) {
      throw new Error(`${context} can't be opened: it was changed, or sealed for another place`, {
        cause: error,
      });
    }
  }

  /** Whether it is sealed with the key that seals today. */
  isCurrent(sealed: Buffer): boolean {
    return keyIdOf(sealed) === this.ring.current;
  }

  /** The same text gives the same bytes, and they say nothing of it: HMAC-SHA-256 under a key of its own. */
  fingerprint(text: string): Buffer {
    return createHmac('sha256', this.ring.fingerprint).update(text).digest();
  }
}

function keyIdOf(sealed: Buffer): string {
  if (sealed[0] !== VERSION) throw new Error('This was not sealed by a vault');
  return sealed.subarray(2, 2 + (sealed[1] ?? 0)).toString();
}

function readKeyRing(file: string): z.output<typeof keyRing> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // A parser's message quotes the text around the fault, and here that is a key.
    const reason = (error as NodeJS.ErrnoException).code ?? 'it is no JSON';
    throw new BadKeyRingError(`The keys in ${file} can't be read: ${reason}`);
  }
  const parsed = keyRing.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new BadKeyRingError(`The keys in ${file} can't be used: ${problems.join('; ')}`);
}
