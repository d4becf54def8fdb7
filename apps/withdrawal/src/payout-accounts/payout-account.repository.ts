import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { Database, type SqlExecutor, type Transaction } from '#libs/database';

export interface PayoutAccountRow {
  readonly id: string;
  readonly owner_id: string;
  readonly method: withdrawal.PayoutMethod;
  readonly number_sealed: Buffer;
  readonly name_sealed: Buffer;
  readonly name_print: Buffer;
  readonly bank_name: string | null;
  readonly masked_number: string;
  readonly masked_name: string;
  readonly created_at: Date;
  readonly usable_from: Date;
  readonly removed_at: Date | null;
}

export interface NewPayoutAccount {
  readonly id: string;
  readonly ownerId: string;
  readonly method: withdrawal.PayoutMethod;
  readonly numberSealed: Buffer;
  readonly numberPrint: Buffer;
  readonly nameSealed: Buffer;
  readonly namePrint: Buffer;
  readonly bankName: string | null;
  readonly maskedNumber: string;
  readonly maskedName: string;
  readonly coolDownMs: number;
}

const COLUMNS =
  '`id`, `owner_id`, `method`, `number_sealed`, `name_sealed`, `name_print`, `bank_name`, `masked_number`, `masked_name`, `created_at`, `usable_from`, `removed_at`';

/** All SQL about payout accounts. */
@Injectable()
export class PayoutAccountRepository {
  constructor(private readonly database: Database) {}

  /** All of an owner's, also those that were removed; oldest first. */
  allOf(transaction: Transaction, ownerId: string): Promise<PayoutAccountRow[]> {
    return transaction.query<PayoutAccountRow>(
      `SELECT ${COLUMNS} FROM \`payout_account\` WHERE \`owner_id\` = ? ORDER BY \`id\``,
      [ownerId],
    );
  }

  list(ownerId: string): Promise<PayoutAccountRow[]> {
    return this.database.query<PayoutAccountRow>(
      `SELECT ${COLUMNS} FROM \`payout_account\` WHERE \`owner_id\` = ? AND \`removed_at\` IS NULL ORDER BY \`id\``,
      [ownerId],
    );
  }

  async find(id: string): Promise<PayoutAccountRow | null> {
    const [row] = await this.database.query<PayoutAccountRow>(
      `SELECT ${COLUMNS} FROM \`payout_account\` WHERE \`id\` = ?`,
      [id],
    );
    return row ?? null;
  }

  async findByNumber(
    sql: SqlExecutor,
    ownerId: string,
    method: withdrawal.PayoutMethod,
    numberPrint: Buffer,
  ): Promise<PayoutAccountRow | null> {
    const [row] = await sql.query<PayoutAccountRow>(
      `SELECT ${COLUMNS} FROM \`payout_account\` WHERE \`owner_id\` = ? AND \`method\` = ? AND \`number_print\` = ?`,
      [ownerId, method, numberPrint],
    );
    return row ?? null;
  }

  async insert(transaction: Transaction, account: NewPayoutAccount): Promise<void> {
    await transaction.write(
      `INSERT INTO \`payout_account\` (\`id\`, \`owner_id\`, \`method\`, \`number_sealed\`, \`number_print\`, \`name_sealed\`, \`name_print\`, \`bank_name\`, \`masked_number\`, \`masked_name\`, \`created_at\`, \`usable_from\`)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND)`,
      [
        account.id,
        account.ownerId,
        account.method,
        account.numberSealed,
        account.numberPrint,
        account.nameSealed,
        account.namePrint,
        account.bankName,
        account.maskedNumber,
        account.maskedName,
        account.coolDownMs * 1_000,
      ],
    );
  }

  /** One that was removed is added again: it cools down as a new one does, and its bank may be spelt better now. */
  async revive(
    transaction: Transaction,
    id: string,
    { coolDownMs, bankName }: Pick<NewPayoutAccount, 'coolDownMs' | 'bankName'>,
  ): Promise<void> {
    await transaction.write(
      'UPDATE `payout_account` SET `removed_at` = NULL, `bank_name` = ?, `usable_from` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `id` = ? AND `removed_at` IS NOT NULL',
      [bankName, coolDownMs * 1_000, id],
    );
  }

  /** @returns false when the owner has no such account. Twice is as good as once. */
  async remove(ownerId: string, id: string): Promise<boolean> {
    const { affectedRows } = await this.database.write(
      'UPDATE `payout_account` SET `removed_at` = COALESCE(`removed_at`, UTC_TIMESTAMP(3)) WHERE `id` = ? AND `owner_id` = ?',
      [id, ownerId],
    );
    return affectedRows === 1;
  }

  /** How many other owners are paid to the same number. */
  async otherOwners(id: string): Promise<number> {
    const [row] = await this.database.query<{ owners: string }>(
      `SELECT COUNT(DISTINCT \`o\`.\`owner_id\`) AS \`owners\` FROM \`payout_account\` AS \`a\`
         JOIN \`payout_account\` AS \`o\` ON \`o\`.\`method\` = \`a\`.\`method\` AND \`o\`.\`number_print\` = \`a\`.\`number_print\` AND \`o\`.\`owner_id\` <> \`a\`.\`owner_id\`
        WHERE \`a\`.\`id\` = ?`,
      [id],
    );
    return Number(row?.owners ?? 0);
  }

  after(id: string, limit: number): Promise<PayoutAccountRow[]> {
    return this.database.query<PayoutAccountRow>(
      `SELECT ${COLUMNS} FROM \`payout_account\` WHERE \`id\` > ? ORDER BY \`id\` LIMIT ?`,
      [id, limit],
    );
  }

  /** Only what is still sealed as it was read: somebody else may have been faster. */
  async reseal(row: PayoutAccountRow, numberSealed: Buffer, nameSealed: Buffer): Promise<void> {
    await this.database.write(
      'UPDATE `payout_account` SET `number_sealed` = ?, `name_sealed` = ? WHERE `id` = ? AND `number_sealed` = ?',
      [numberSealed, nameSealed, row.id, row.number_sealed],
    );
  }
}
