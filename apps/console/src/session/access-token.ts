import { ApiProblem, problemOf } from '../api/problem';
import { exclusively } from './exclusive';
import { sessionStore, type Session, type SignedIn } from './session-store';

/** Renewed a little early, so that a token does not expire on its way. */
const EARLY_MS = 20_000;
const LOCK = 'clearbid.refresh';

let renewing: Promise<Session | null> | null = null;

/** A token that is good for the next request, or null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  const session = sessionStore.get();
  if (session === null) return null;
  if (session.accessTokenExpiresAtMs - Date.now() > EARLY_MS) return session.accessToken;
  return (await renew(session.accessToken))?.accessToken ?? null;
}

/**
 * Exchanges the refresh token, once for all requests and all tabs that find their access token refused: a refresh
 * token that is shown twice ends its session.
 *
 * @param refused the access token that no longer works
 * @returns the session to go on with; null when it is over
 * @throws ApiProblem when it can't be told yet; the tokens are kept
 */
export function renew(refused: string): Promise<Session | null> {
  renewing ??= exclusively(LOCK, () => renewIn(refused)).finally(() => {
    renewing = null;
  });
  return renewing;
}

/**
 * Settles when no token is being exchanged: leaving the page in the middle would lose the answer, and with it the
 * session.
 */
export async function renewalSettled(): Promise<void> {
  await renewing?.catch(() => null);
}

async function renewIn(refused: string): Promise<Session | null> {
  const session = sessionStore.reread();
  if (session === null || session.accessToken !== refused) return session;
  const response = await fetch('/v1/auth/refresh', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken: session.refreshToken }),
  }).catch((error: unknown) => {
    throw ApiProblem.unreachable(error);
  });
  if (response.ok) return sessionStore.start((await response.json()) as SignedIn);
  if (response.status !== 401) throw await problemOf(response);
  // Another tab may have been faster where there are no locks; only what is still stored is over.
  if (sessionStore.reread()?.refreshToken === session.refreshToken) sessionStore.end('expired');
  return sessionStore.get();
}
