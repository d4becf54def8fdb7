import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

const MIN_MODULUS_BITS = 2048;

/** A key that can't be used, in a sentence that says what is wrong and what belongs there. Never holds the key. */
export class BadKeyError extends Error {
  override readonly name = 'BadKeyError';
}

/** Channels' key tools give bare base64 as often as PEM: bare base64 is tried under each label that may fit. */
function candidates(text: string, labels: readonly string[]): string[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN')) return [trimmed];
  const body = trimmed.replace(/\s+/g, '').replace(/(.{64})/g, '$1\n');
  return labels.map((label) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`);
}

function firstThatParses(texts: readonly string[], parse: (pem: string) => KeyObject): KeyObject | undefined {
  for (const text of texts) {
    try {
      return parse(text);
    } catch {
      // Not of this form; the next label may fit.
    }
  }
  return undefined;
}

const asPrivate = (text: string) =>
  firstThatParses(candidates(text, ['PRIVATE KEY', 'RSA PRIVATE KEY']), createPrivateKey);

const asPublic = (text: string) =>
  text.includes('PRIVATE KEY')
    ? undefined
    : firstThatParses(candidates(text, ['PUBLIC KEY', 'RSA PUBLIC KEY']), createPublicKey);

function checkStrength(key: KeyObject, setting: string): void {
  if (key.asymmetricKeyType !== 'rsa') {
    throw new BadKeyError(`${setting} holds a key of type ${key.asymmetricKeyType}: RSA2 needs an RSA key`);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_MODULUS_BITS) {
    throw new BadKeyError(
      `${setting} holds an RSA key of ${bits} bits: RSA2 needs at least ${MIN_MODULUS_BITS}`,
    );
  }
}

/** @param setting how the person who has to mend it calls it, e.g. `ALIPAY_PRIVATE_KEY_FILE`. */
export function readPrivateKey(text: string, setting: string, whatBelongsThere: string): KeyObject {
  const key = asPrivate(text);
  if (!key) {
    throw new BadKeyError(
      asPublic(text)
        ? `${setting} holds a public key: ${whatBelongsThere} belongs there`
        : `${setting} holds no RSA private key that can be read: ${whatBelongsThere} belongs there, as PEM or base64`,
    );
  }
  checkStrength(key, setting);
  return key;
}

/** @param setting how the person who has to mend it calls it, e.g. `ALIPAY_PUBLIC_KEY_FILE`. */
export function readPublicKey(text: string, setting: string, whatBelongsThere: string): KeyObject {
  const key = asPublic(text);
  if (!key) {
    throw new BadKeyError(
      asPrivate(text)
        ? `${setting} holds a private key: ${whatBelongsThere} belongs there, and that private key should be replaced, since it was given away`
        : `${setting} holds no RSA public key that can be read: ${whatBelongsThere} belongs there, as PEM or base64`,
    );
  }
  checkStrength(key, setting);
  return key;
}

export function isPublicHalfOf(publicKey: KeyObject, privateKey: KeyObject): boolean {
  return createPublicKey(privateKey).equals(publicKey);
}
