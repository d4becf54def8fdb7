import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ACCESS_TOKEN } from '#libs/sessions';

export interface SessionToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface SessionTokenClaims {
  readonly accountId: string;
  readonly sessionId: string;
  /** What the token is for; it is worth nothing for anything else. */
  readonly audience: string;
  readonly now: Date;
  /** Whole seconds. */
  readonly lifeMs: number;
}

/** A JWT (RFC 7519) about one session, signed with the private key that only identity holds. */
export async function signSessionToken(
  privateKey: KeyObject,
  { accountId, sessionId, audience, now, lifeMs }: SessionTokenClaims,
): Promise<SessionToken> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = issuedAt + lifeMs / 1000;
  const token = await new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: 'JWT' })
    .setSubject(accountId)
    .setIssuer(ACCESS_TOKEN.issuer)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(privateKey);
  return { token, expiresAt: new Date(expiresAt * 1000) };
}
