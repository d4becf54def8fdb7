import { DomainError, type RequestOf, type ResponseOf, type identity } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { Injectable } from '@nestjs/common';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { Clock } from '../clock.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { PasswordProof } from '../sign-in/password-proof.js';
import { StepUpTokenSigner } from '../tokens/step-up-token-signer.js';

/** The password once more, before something that a stolen session must not be enough for. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly sessions: SessionsRepository,
    private readonly proof: PasswordProof,
    private readonly signer: StepUpTokenSigner,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws DomainError `BAD_CREDENTIALS`, `SIGN_IN_LOCKED`; `SESSION_ENDED` also for a session of somebody else */
  async stepUp({
    accountId,
    sessionId,
    password,
    device,
  }: RequestOf<typeof identity.stepUp>): Promise<ResponseOf<typeof identity.stepUp>> {
    await this.requireLive(accountId, sessionId);
    const account = await this.accounts.find(this.database, accountId);
    if (!account) throw sessionEnded();
    await this.proof.prove({ email: account.email, password, device });
    // Once more: it may have been ended while the password was hashed.
    await this.requireLive(accountId, sessionId);
    this.log.info({ accountId, sessionId, address: device.address }, 'The password was shown again');
    return this.signer.sign(accountId, sessionId, this.clock.now());
  }

  private async requireLive(accountId: string, sessionId: string): Promise<void> {
    const session = await this.sessions.findLive(this.database, sessionId, this.clock.now());
    if (session?.accountId !== accountId) throw sessionEnded();
  }
}

function sessionEnded(): DomainError {
  return new DomainError('SESSION_ENDED', 'This session has ended: sign in again');
}
