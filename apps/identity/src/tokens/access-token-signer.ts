import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ACCESS_TOKEN } from '#libs/sessions';
import { signSessionToken, type SessionToken } from './session-token.js';

/** Makes access tokens. */
export class AccessTokenSigner {
  /** @param lifeMs whole seconds, and no longer than the mark of an ended session stays in Redis */
  constructor(
    private readonly privateKey: KeyObject,
    private readonly lifeMs: number = ACCESS_TOKEN.lifeMs,
  ) {}

  sign(accountId: string, sessionId: string, now: Date): Promise<SessionToken> {
    const { audience } = ACCESS_TOKEN;
    return signSessionToken(this.privateKey, { accountId, sessionId, audience, now, lifeMs: this.lifeMs });
  }
}

/**
 * Reads the Ed25519 private key that signs access tokens.
 *
 * @throws Error with a sentence that says what the text is instead; never with any part of it.
 */
export function sessionPrivateKey(pem: string): KeyObject {
  if (/-----BEGIN PUBLIC KEY-----/.test(pem)) {
    throw new Error('holds a public key: the private key (PKCS#8 PEM) of the same pair belongs here');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Error('holds no readable private key: an unencrypted Ed25519 key in PKCS#8 PEM belongs here');
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`holds a key of the kind ${key.asymmetricKeyType}: an Ed25519 key belongs here`);
  }
  return key;
}
