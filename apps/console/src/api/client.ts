import createClient from 'openapi-fetch';
import { accessToken, renew } from '../session/access-token';
import { ApiProblem, problemOf, toProblem } from './problem';
import type { components, paths } from './schema.gen';
import { observeServerClock } from './server-clock';

export type Schemas = components['schemas'];

/** Longer than the gateway itself waits for an answer. */
const TIMEOUT_MS = 20_000;
/** A file comes as long as it comes. */
const DOWNLOAD_TIMEOUT_MS = 600_000;

/** The typed API. Every call carries the session, and a token that expired on the way is renewed once. */
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: send });

interface Outcome<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer of a call, or its problem thrown. */
export async function answerOf<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (!response.ok) throw toProblem(error, response);
  // 204 has nothing to tell, and its type says so.
  return data as Data;
}

async function send(request: Request): Promise<Response> {
  const token = await accessToken();
  // A body can be sent once, and a renewed token needs it again.
  const again = request.clone();
  const response = await deliver(request, token);
  if (response.status !== 401 || token === null) return response;
  // A wrong password says nothing about the session, and sent again it would count as another wrong one.
  if ((await problemOf(response.clone())).code === 'BAD_CREDENTIALS') return response;
  const session = await renew(token);
  return session === null ? response : await deliver(again, session.accessToken);
}

async function deliver(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
  try {
    const timeoutMs = new URL(request.url).pathname.endsWith('.csv') ? DOWNLOAD_TIMEOUT_MS : TIMEOUT_MS;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(new Request(request, { signal }));
    observeServerClock(response);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw ApiProblem.unreachable(error);
  }
}
