import { fields } from '#libs/contracts';
import { z } from 'zod';

/**
 * How an access token is made and checked: identity signs it, the gateway verifies it. A JWT (RFC 7519) signed with
 * Ed25519 (RFC 8037), so that the gateway holds no key that could make one.
 */
export const ACCESS_TOKEN = {
  algorithm: 'EdDSA',
  issuer: 'clearbid',
  audience: 'clearbid',
  /** Ten minutes: what a stolen token is worth at most once its session can't be asked about any more. */
  lifeMs: 600_000,
} as const;

/** The claims of an access token: `sub` is the account, `sid` the session; `exp` in seconds since 1970. */
export const accessTokenClaims = z.object({
  sub: fields.id,
  sid: fields.id,
  iss: z.literal(ACCESS_TOKEN.issuer),
  aud: z.literal(ACCESS_TOKEN.audience),
  iat: z.number().int(),
  exp: z.number().int(),
});
export type AccessTokenClaims = z.output<typeof accessTokenClaims>;
