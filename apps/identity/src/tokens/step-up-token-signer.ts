import type { KeyObject } from 'node:crypto';
import { STEP_UP_TOKEN } from '#libs/sessions';
import { signSessionToken, type SessionToken } from './session-token.js';

/** Makes the tokens that say a password was shown again. */
export class StepUpTokenSigner {
  /** @param lifeMs whole seconds */
  constructor(
    private readonly privateKey: KeyObject,
    private readonly lifeMs: number,
  ) {}

  sign(accountId: string, sessionId: string, now: Date): Promise<SessionToken> {
    const { audience } = STEP_UP_TOKEN;
    return signSessionToken(this.privateKey, { accountId, sessionId, audience, now, lifeMs: this.lifeMs });
  }
}
