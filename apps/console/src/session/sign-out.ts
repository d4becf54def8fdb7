import { answerOf, api } from '../api/client';
import { ApiProblem } from '../api/problem';
import { sessionStore } from './session-store';

/** Ends this session there and here. When it can't be ended there, it is at least forgotten here. */
export async function signOut(): Promise<void> {
  await answerOf(api.POST('/v1/auth/logout')).catch((error: unknown) => {
    if (!(error instanceof ApiProblem)) throw error;
  });
  sessionStore.end('signed-out');
}

/** Ends every session of the account. */
export async function signOutEverywhere(): Promise<void> {
  await answerOf(api.POST('/v1/auth/logout-everywhere'));
  sessionStore.end('signed-out');
}
