import { Database, type Transaction } from '#libs/database';
import { Injectable } from '@nestjs/common';
import { ADDRESS_LIMIT, EMAIL_LIMIT, admit, type FailureCount } from './attempt-limit.js';

type Scope = 'email' | 'address';

/** One failure that was counted in advance, and the lock that it set. */
interface CountedFailure {
  readonly scope: Scope;
  readonly subject: string;
  readonly lockedUntil: Date | null;
}

/** An attempt that may check its password. Unless it is given back, it stays counted as failed. */
export interface Reservation {
  readonly reserved: true;
  readonly email: CountedFailure;
  readonly address: CountedFailure;
}

export interface Refusal {
  readonly reserved: false;
  readonly lockedUntil: Date;
}

interface FailureRow {
  readonly failures: number;
  readonly locked_until: Date | null;
  readonly forgotten_at: Date;
}

/** The failed sign-ins, in MySQL: emptying Redis must not hand out new guesses. */
@Injectable()
export class SignInFailuresRepository {
  constructor(private readonly database: Database) {}

  /**
   * Counts an attempt as failed before its password is checked. Both rows are locked until the commit, so parallel
   * attempts queue up here, and only as many pass as the limits allow.
   */
  reserve(email: string, addressRange: string, now: Date): Promise<Reservation | Refusal> {
    return this.database.transaction(async (transaction) => {
      // Always in this order: two attempts can't wait for each other.
      const emailCount = await this.lock(transaction, 'email', email, now);
      const addressCount = await this.lock(transaction, 'address', addressRange, now);
      const byEmail = admit(emailCount, EMAIL_LIMIT, now);
      const byAddress = admit(addressCount, ADDRESS_LIMIT, now);
      if (byEmail.admitted && byAddress.admitted) {
        return {
          reserved: true,
          email: await this.store(transaction, 'email', email, byEmail.count),
          address: await this.store(transaction, 'address', addressRange, byAddress.count),
        };
      }
      const locks = [byEmail, byAddress].map((one) => (one.admitted ? 0 : one.lockedUntil.getTime()));
      return { reserved: false, lockedUntil: new Date(Math.max(...locks)) };
    });
  }

  /**
   * The password was right. The e-mail address starts afresh; the other address only gets this one attempt back, or
   * whoever owns a single account could wipe out the guesses at all others from time to time.
   */
  async succeeded(reservation: Reservation): Promise<void> {
    const { scope, subject } = reservation.email;
    await this.database.write('DELETE FROM `sign_in_failure` WHERE `scope` = ? AND `subject` = ?', [
      scope,
      subject,
    ]);
    await this.takeBack(reservation.address);
  }

  /** The password was never checked: as if nobody had asked. */
  async abandoned(reservation: Reservation): Promise<void> {
    await this.takeBack(reservation.email);
    await this.takeBack(reservation.address);
  }

  /** @returns how many counts were deleted that no longer meant anything. */
  async deleteForgotten(now: Date, limit: number): Promise<number> {
    const { affectedRows } = await this.database.write(
      'DELETE FROM `sign_in_failure` WHERE `forgotten_at` < ? ORDER BY `forgotten_at` LIMIT ?',
      [now, limit],
    );
    return affectedRows;
  }

  private async lock(
    sql: Transaction,
    scope: Scope,
    subject: string,
    now: Date,
  ): Promise<FailureCount | null> {
    // Locks the row, and makes one to lock for the very first attempts. (INSERT IGNORE would lock an existing row for
    // reading only, and two attempts that both go on to write would then be each other's deadlock.)
    await sql.write(
      `INSERT INTO \`sign_in_failure\` (\`scope\`, \`subject\`, \`failures\`, \`forgotten_at\`) VALUES (?, ?, 0, ?)
         ON DUPLICATE KEY UPDATE \`failures\` = \`failures\``,
      [scope, subject, now],
    );
    const [row] = await sql.query<FailureRow>(
      `SELECT \`failures\`, \`locked_until\`, \`forgotten_at\`
         FROM \`sign_in_failure\` WHERE \`scope\` = ? AND \`subject\` = ?`,
      [scope, subject],
    );
    if (!row) return null;
    return { failures: row.failures, lockedUntil: row.locked_until, forgottenAt: row.forgotten_at };
  }

  private async store(
    sql: Transaction,
    scope: Scope,
    subject: string,
    { failures, lockedUntil, forgottenAt }: FailureCount,
  ): Promise<CountedFailure> {
    await sql.write(
      `UPDATE \`sign_in_failure\` SET \`failures\` = ?, \`locked_until\` = ?, \`forgotten_at\` = ?
        WHERE \`scope\` = ? AND \`subject\` = ?`,
      [failures, lockedUntil, forgottenAt, scope, subject],
    );
    return { scope, subject, lockedUntil };
  }

  /** One failure less, and without the lock that this one set; a lock that another one set stays. */
  private async takeBack({ scope, subject, lockedUntil }: CountedFailure): Promise<void> {
    await this.database.write(
      `UPDATE \`sign_in_failure\`
          SET \`failures\` = \`failures\` - 1,
              \`locked_until\` = IF(\`locked_until\` <=> ?, NULL, \`locked_until\`)
        WHERE \`scope\` = ? AND \`subject\` = ? AND \`failures\` > 0`,
      [lockedUntil, scope, subject],
    );
  }
}
