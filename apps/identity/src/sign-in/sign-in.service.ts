import { DomainError, type identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { Injectable } from '@nestjs/common';
import { AccountsRepository, type AccountCredentials } from '../accounts/accounts.repository.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { Clock } from '../clock.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { addressRange } from './address-range.js';
import { PasswordHasher } from './password-hasher.js';
import { SignInFailuresRepository, type Reservation } from './sign-in-failures.repository.js';
import { SignInTurns } from './sign-in-turns.js';

type Request = RequestOf<typeof identity.signIn>;

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly directory: AccountsService,
    private readonly turns: SignInTurns,
    private readonly failures: SignInFailuresRepository,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * An unknown address and a wrong password get the same answer after the same work, and both count as failures.
   *
   * @throws DomainError `BAD_CREDENTIALS`, `SIGN_IN_LOCKED`; `FORBIDDEN` for a suspended account
   */
  async signIn(request: Request): Promise<ResponseOf<typeof identity.signIn>> {
    const credentials = await this.turns.run(() => this.prove(request));
    if (credentials.account.state !== 'ACTIVE') {
      throw new DomainError('FORBIDDEN', 'This account is suspended: ask the platform about it');
    }
    await this.renewHash(credentials, request.password);
    const account = await this.directory.withGrants(credentials.account);
    return { account, tokens: await this.sessions.start(account, request.device) };
  }

  /** The account whose password this is, counted either way. */
  private async prove(request: Request): Promise<AccountCredentials> {
    const reservation = await this.reserve(request);
    const credentials = await this.check(request, reservation);
    if (!credentials) {
      throw new DomainError('BAD_CREDENTIALS', 'The email address or the password is wrong');
    }
    await this.failures.succeeded(reservation);
    return credentials;
  }

  private async reserve({ email, device }: Request): Promise<Reservation> {
    const now = this.clock.now();
    const reservation = await this.failures.reserve(email, addressRange(device.address), now);
    if (reservation.reserved) return reservation;
    const retryAfterSeconds = Math.ceil((reservation.lockedUntil.getTime() - now.getTime()) / 1000);
    throw new DomainError(
      'SIGN_IN_LOCKED',
      `Too many failed sign-ins: wait ${retryAfterSeconds} seconds before trying again`,
      { retryAfterSeconds },
    );
  }

  private async check(request: Request, reservation: Reservation): Promise<AccountCredentials | null> {
    try {
      const credentials = await this.accounts.findCredentials(this.database, request.email);
      const matches = await this.hasher.verify(credentials?.passwordHash ?? null, request.password);
      return matches ? credentials : null;
    } catch (error) {
      await this.failures.abandoned(reservation).catch((cause: unknown) => {
        this.log.warn({ err: cause }, 'An attempt that was never checked stays counted as failed');
      });
      throw error;
    }
  }

  /** The only moment at which the password is known: a hash of older parameters is replaced now. */
  private async renewHash({ account, passwordHash }: AccountCredentials, password: string): Promise<void> {
    if (!this.hasher.needsRehash(passwordHash)) return;
    const renewed = await this.hasher.hash(password);
    await this.accounts.replacePasswordHash(this.database, account.id, passwordHash, renewed);
    this.log.info({ accountId: account.id }, 'Password hashed anew with the present parameters');
  }
}
