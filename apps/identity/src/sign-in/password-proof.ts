import { DomainError, type identity } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { Injectable } from '@nestjs/common';
import { AccountsRepository, type AccountCredentials } from '../accounts/accounts.repository.js';
import { Clock } from '../clock.js';
import { addressRange } from './address-range.js';
import { PasswordHasher } from './password-hasher.js';
import { SignInFailuresRepository, type Reservation } from './sign-in-failures.repository.js';
import { SignInTurns } from './sign-in-turns.js';

/** Somebody says that an account is theirs. */
export interface PasswordClaim {
  readonly email: string;
  readonly password: string;
  readonly device: identity.Device;
}

/** Whether a password is right, counted either way: whoever guesses, and wherever, meets one limit. */
@Injectable()
export class PasswordProof {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly turns: SignInTurns,
    private readonly failures: SignInFailuresRepository,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * The account whose password this is. An unknown address takes the same work as a wrong password.
   *
   * @throws DomainError `BAD_CREDENTIALS`, `SIGN_IN_LOCKED`
   */
  prove(claim: PasswordClaim): Promise<AccountCredentials> {
    return this.turns.run(() => this.counted(claim));
  }

  private async counted(claim: PasswordClaim): Promise<AccountCredentials> {
    const reservation = await this.reserve(claim);
    const credentials = await this.check(claim, reservation);
    if (!credentials) {
      throw new DomainError('BAD_CREDENTIALS', 'The email address or the password is wrong');
    }
    await this.failures.succeeded(reservation);
    return credentials;
  }

  private async reserve({ email, device }: PasswordClaim): Promise<Reservation> {
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

  private async check(claim: PasswordClaim, reservation: Reservation): Promise<AccountCredentials | null> {
    try {
      const credentials = await this.accounts.findCredentials(this.database, claim.email);
      const matches = await this.hasher.verify(credentials?.passwordHash ?? null, claim.password);
      return matches ? credentials : null;
    } catch (error) {
      await this.failures.abandoned(reservation).catch((cause: unknown) => {
        this.log.warn({ err: cause }, 'An attempt that was never checked stays counted as failed');
      });
      throw error;
    }
  }
}
