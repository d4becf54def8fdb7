import { DomainError, type identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { Injectable } from '@nestjs/common';
import { AccountsRepository, type AccountCredentials } from '../accounts/accounts.repository.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordProof } from './password-proof.js';

type Request = RequestOf<typeof identity.signIn>;

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly directory: AccountsService,
    private readonly proof: PasswordProof,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly log: Log,
  ) {}

  /**
   * An unknown address and a wrong password get the same answer after the same work, and both count as failures.
   *
   * @throws DomainError `BAD_CREDENTIALS`, `SIGN_IN_LOCKED`; `FORBIDDEN` for a suspended account
   */
  async signIn(request: Request): Promise<ResponseOf<typeof identity.signIn>> {
    const credentials = await this.proof.prove(request);
    if (credentials.account.state !== 'ACTIVE') {
      throw new DomainError('FORBIDDEN', 'This account is suspended: ask the platform about it');
    }
    await this.renewHash(credentials, request.password);
    const account = await this.directory.withGrants(credentials.account);
    return { account, tokens: await this.sessions.start(account, request.device) };
  }

  /** The only moment at which the password is known: a hash of older parameters is replaced now. */
  private async renewHash({ account, passwordHash }: AccountCredentials, password: string): Promise<void> {
    if (!this.hasher.needsRehash(passwordHash)) return;
    const renewed = await this.hasher.hash(password);
    await this.accounts.replacePasswordHash(this.database, account.id, passwordHash, renewed);
    this.log.info({ accountId: account.id }, 'Password hashed anew with the present parameters');
  }
}
