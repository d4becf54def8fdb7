import type { ErrorMeaning } from '../error-meaning.js';

export const identityErrors = {
  EMAIL_TAKEN: { status: 409, title: 'That email address is already registered' },
  BAD_CREDENTIALS: { status: 401, title: 'The email address or the password is wrong' },
  SIGN_IN_LOCKED: { status: 429, title: 'Too many failed sign-ins: wait before trying again' },
  SESSION_ENDED: { status: 401, title: 'This session has ended: sign in again' },
  STEP_UP_REQUIRED: { status: 403, title: 'Confirm with the password first' },
  REFRESH_TOKEN_REUSED: {
    status: 401,
    title: 'This refresh token was used before: the session has been ended',
  },
} as const satisfies Record<string, ErrorMeaning>;
