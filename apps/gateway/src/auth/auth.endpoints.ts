import { identity } from '#libs/contracts';
import { z } from 'zod';
import { account } from '../account/account.endpoints.js';
import { id, instant } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const signedIn = z
  .object({
    accessToken: z.string().meta({ description: 'Send it as `Authorization: Bearer …`' }),
    accessTokenExpiresAt: instant,
    refreshToken: z.string().meta({ description: 'Works once: the answer of a refresh brings the next one' }),
    refreshTokenExpiresAt: instant,
    account,
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.output<typeof signedIn>;

const registerFields = identity.register.request.shape;

export const register = endpoint({
  permission: 'public',
  summary: 'Open an account and sign in',
  status: 201,
  rateLimit: 'sign-in',
  body: {
    email: registerFields.email,
    password: registerFields.password,
    kind: registerFields.kind,
    displayName: registerFields.displayName
      .optional()
      .meta({ description: 'Without one: the part of the email address before the @' }),
  },
  response: signedIn,
  errors: identity.register.errors,
});

const signInFields = identity.signIn.request.shape;

export const login = endpoint({
  permission: 'public',
  summary: 'Sign in',
  rateLimit: 'sign-in',
  body: { email: signInFields.email, password: signInFields.password },
  response: signedIn,
  errors: identity.signIn.errors,
});

export const refresh = endpoint({
  permission: 'public',
  summary: 'Exchange a refresh token for new tokens',
  description: 'A refresh token that is used a second time was stolen: its session ends.',
  rateLimit: 'sign-in',
  body: { refreshToken: identity.refresh.request.shape.refreshToken },
  response: signedIn,
  errors: identity.refresh.errors,
});

export const stepUp = endpoint({
  permission: 'session:read',
  summary: 'Show the password again',
  description: 'For a few minutes the token lets this session do what a stolen one must not be enough for.',
  rateLimit: 'sign-in',
  body: { password: identity.stepUp.request.shape.password },
  response: z
    .object({
      token: z.string().meta({ description: 'Send it as `x-step-up: …`, beside the access token' }),
      expiresAt: instant,
    })
    .meta({ id: 'SteppedUp' }),
  errors: identity.stepUp.errors,
});

export const logout = endpoint({
  permission: 'session:end',
  summary: 'End this session',
});

export const logoutEverywhere = endpoint({
  permission: 'session:end',
  summary: 'End every session of this account',
  response: z.object({ ended: z.number().int().min(0) }).meta({ id: 'SessionsEnded' }),
});

const session = z
  .object({
    id,
    current: z.boolean().meta({ description: 'Whether this request was made in it' }),
    userAgent: z.string(),
    address: z.string(),
    createdAt: instant,
    lastUsedAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Session' });

export const listSessions = endpoint({
  permission: 'session:read',
  summary: 'Where this account is signed in',
  response: pageOf(session, 'Session'),
});

export const endSession = endpoint({
  permission: 'session:end',
  summary: 'End one session of this account',
  params: { id },
  errors: ['NOT_FOUND'],
});
