import { z } from 'zod';
import { rpc } from '../contract.js';
import { id, instant, nothing } from '../fields.js';
import { account, accountKind, device, principal } from './account.js';

/** RFC 5321 limits an address to 254 characters; case never tells two accounts apart. */
export const email = z.email('must be an email address').max(254).toLowerCase();

/** NIST SP 800-63B: length is what matters; 128 bounds the work of hashing. */
export const password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(128, 'must have at most 128 characters');

/** `accessToken` is a JWT of a few minutes; `refreshToken` is opaque, used once, and replaced at every refresh. */
export const tokens = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: instant,
  refreshToken: z.string(),
  refreshTokenExpiresAt: instant,
});
export type Tokens = z.output<typeof tokens>;

export const signedIn = z.object({ account, tokens });

export const register = rpc('identity.register', {
  request: z.object({
    email,
    password,
    kind: accountKind.exclude(['operator']),
    displayName: z.string().trim().min(1).max(80),
    device,
  }),
  response: signedIn,
  errors: ['EMAIL_TAKEN'],
});

export const signIn = rpc('identity.sign-in', {
  request: z.object({ email, password: z.string().min(1).max(128), device }),
  response: signedIn,
  errors: ['BAD_CREDENTIALS', 'SIGN_IN_LOCKED'],
});

export const refresh = rpc('identity.refresh', {
  request: z.object({ refreshToken: z.string().min(1).max(512), device }),
  response: signedIn,
  errors: ['SESSION_ENDED', 'REFRESH_TOKEN_REUSED'],
});

/** Ends one session of the account; without `sessionId`, all of them. */
export const signOut = rpc('identity.sign-out', {
  request: z.object({ accountId: id, sessionId: id.optional() }),
  response: z.object({ ended: z.number().int() }),
});

/**
 * The holder of a session shows the password again, and may do for some minutes what a stolen session must not. Failed tries
 * count together with those of signing in.
 */
export const stepUp = rpc('identity.step-up', {
  request: z.object({ accountId: id, sessionId: id, password: z.string().min(1).max(128), device }),
  response: z.object({ token: z.string(), expiresAt: instant }),
  errors: ['BAD_CREDENTIALS', 'SIGN_IN_LOCKED', 'SESSION_ENDED'],
});

export const session = z.object({ id, device, createdAt: instant, lastUsedAt: instant, expiresAt: instant });
export type Session = z.output<typeof session>;

export const listSessions = rpc('identity.list-sessions', {
  request: z.object({ accountId: id }),
  response: z.object({ items: z.array(session) }),
});

/** Asks MySQL, the truth about sessions, when Redis doesn't know one; a live session is put back into Redis. */
export const resolveSession = rpc('identity.resolve-session', {
  request: z.object({ sessionId: id }),
  response: principal,
  errors: ['SESSION_ENDED'],
});

export const getAccount = rpc('identity.get-account', {
  request: z.object({ accountId: id }),
  response: account,
  errors: ['NOT_FOUND'],
});

/** Whose number it is, for operators: no more of a person than a work item needs. */
export const getOwner = rpc('identity.get-owner', {
  request: z.object({ accountId: id }),
  response: z.object({ id, kind: accountKind, displayName: z.string() }),
  errors: ['NOT_FOUND'],
});

export const ping = rpc('identity.ping', { request: nothing, response: nothing });
