import { ApiProblem, problemOf } from '../api/problem';
import { CLAIM_MS, claimRefreshToken, releaseRefreshToken } from './refresh-claim';
import { sessionStore, type Session, type SignedIn } from './session-store';

/** Renewed a little early, so that a token does not expire on its way. */
const EARLY_MS = 20_000;
/** Longer than the gateway itself waits for an answer, shorter than a claim. */
const TIMEOUT_MS = 20_000;
const LOOK_AGAIN_MS = 150;

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
  renewing ??= renewOnce(refused).finally(() => {
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

async function renewOnce(refused: string): Promise<Session | null> {
  const giveUpAtMs = Date.now() + 2 * CLAIM_MS;
  for (;;) {
    const session = sessionStore.reread();
    // Over, or renewed by another tab.
    if (session === null || session.accessToken !== refused) return session;
    if (await claimRefreshToken(session.refreshToken)) return await exchange(session);
    if (Date.now() > giveUpAtMs)
      throw ApiProblem.unreachable(new Error('Another tab does not finish renewing'));
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function exchange({ refreshToken }: Session): Promise<Session | null> {
  let response: Response;
  try {
    response = await fetch('/v1/auth/refresh', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return sessionStore.start((await response.json()) as SignedIn);
  } catch (error) {
    await releaseRefreshToken();
    throw ApiProblem.unreachable(error);
  }
  if (response.status !== 401) {
    await releaseRefreshToken();
    throw await problemOf(response);
  }
  // Somebody may have signed in anew in the meantime; only what was refused is over.
  if (sessionStore.reread()?.refreshToken === refreshToken) sessionStore.end('expired');
  return sessionStore.get();
}
