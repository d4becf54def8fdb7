import { answerOf, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';

export interface StepUpHeader {
  readonly 'x-step-up'?: string;
}

/** Only in memory: whoever loads the page anew shows the password anew. */
let kept: string | null = null;

/** The token of the last time, as long as the server takes it. */
export const keptHeader = (): StepUpHeader => (kept === null ? {} : { 'x-step-up': kept });

export async function showPassword(password: string): Promise<void> {
  const { token } = await answerOf(api.POST('/v1/auth/step-up', { body: { password } }));
  kept = token;
}

export const wantsPassword = (error: unknown): boolean =>
  error instanceof ApiProblem && error.code === 'STEP_UP_REQUIRED';

/** Somebody closed the dialog: nothing was sent, and there is nothing to explain. */
export class StepUpDeclined extends Error {
  override readonly name = 'StepUpDeclined';
}
