import { fields } from '#libs/contracts';
import { z } from 'zod';
import { ACCESS_TOKEN } from './access-token.js';

/**
 * Says that the holder of a session has just shown the password again. Signed with the key of access tokens; the audience
 * alone tells the two apart, so whoever checks one must check it.
 */
export const STEP_UP_TOKEN = {
  algorithm: ACCESS_TOKEN.algorithm,
  issuer: ACCESS_TOKEN.issuer,
  audience: 'clearbid-step-up',
  /** The header that it is sent in, beside the access token. */
  header: 'x-step-up',
  /** Unless `STEP_UP_SECONDS` says otherwise. */
  lifeMs: 300_000,
} as const;

/** The claims of a step-up token: `sub` is the account, `sid` the one session that it is good for. */
export const stepUpTokenClaims = z.object({
  sub: fields.id,
  sid: fields.id,
  iss: z.literal(STEP_UP_TOKEN.issuer),
  aud: z.literal(STEP_UP_TOKEN.audience),
  iat: z.number().int(),
  exp: z.number().int(),
});
