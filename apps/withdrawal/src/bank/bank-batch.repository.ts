import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { WITHDRAWAL_COLUMNS, type WithdrawalRow } from '../withdrawals/withdrawal-row.js';

interface BatchRow {
  readonly id: string;
  readonly created_at: Date;
  readonly created_by: string;
  readonly count: string;
  readonly net: string | null;
  readonly paid: string;
  readonly failed: string;
  readonly open: string;
}

/** All SQL about files for the bank. */
@Injectable()
export class BankBatchRepository {
  constructor(private readonly database: Database) {}

  /** Approved payouts that no file has yet, locked: of two that make a file at once, the second waits and finds none of them. */
  lockApproved(transaction: Transaction, limit: number): Promise<WithdrawalRow[]> {
    return transaction.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`state\` = 'APPROVED' AND \`method\` = 'bank' ORDER BY \`id\` LIMIT ? FOR UPDATE`,
      [limit],
    );
  }

  async insert(transaction: Transaction, batchId: string, operatorId: string): Promise<void> {
    await transaction.write(
      'INSERT INTO `bank_batch` (`id`, `created_by`, `created_at`) VALUES (?, ?, UTC_TIMESTAMP(3))',
      [batchId, operatorId],
    );
  }

  /** In one order always, so that its file is the same every time. */
  payoutsOf(batchId: string): Promise<WithdrawalRow[]> {
    return this.database.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`bank_batch_id\` = ? ORDER BY \`id\``,
      [batchId],
    );
  }

  /** Locked in ascending id, the order that everybody uses. */
  lockAll(transaction: Transaction, ids: readonly string[]): Promise<WithdrawalRow[]> {
    return transaction.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`id\` IN (?) ORDER BY \`id\` FOR UPDATE`,
      [ids],
    );
  }

  async find(batchId: string): Promise<withdrawal.BankBatch | null> {
    const [batch] = await this.select('WHERE `b`.`id` = ?', [batchId], 1);
    return batch ?? null;
  }

  /** Newest first. */
  list(cursor: string | undefined, limit: number): Promise<withdrawal.BankBatch[]> {
    return this.select('WHERE `b`.`id` < ?', [cursor ?? '9223372036854775807'], limit);
  }

  private async select(
    where: string,
    parameters: readonly string[],
    limit: number,
  ): Promise<withdrawal.BankBatch[]> {
    const rows = await this.database.query<BatchRow>(
      `SELECT \`b\`.\`id\`, \`b\`.\`created_at\`, \`b\`.\`created_by\`, COUNT(*) AS \`count\`,
              SUM(\`w\`.\`amount\` - \`w\`.\`fee\` - \`w\`.\`tax\`) AS \`net\`, SUM(\`w\`.\`state\` = 'PAID') AS \`paid\`,
              SUM(\`w\`.\`state\` IN ('FAILED', 'RETURNED')) AS \`failed\`, SUM(\`w\`.\`state\` = 'PAYING') AS \`open\`
         FROM \`bank_batch\` AS \`b\` JOIN \`withdrawal\` AS \`w\` ON \`w\`.\`bank_batch_id\` = \`b\`.\`id\`
        ${where} GROUP BY \`b\`.\`id\`, \`b\`.\`created_at\`, \`b\`.\`created_by\` ORDER BY \`b\`.\`id\` DESC LIMIT ?`,
      [...parameters, limit],
    );
    return rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      createdBy: row.created_by,
      count: Number(row.count),
      net: BigInt(row.net ?? 0),
      paid: Number(row.paid),
      failed: Number(row.failed),
      open: Number(row.open),
    }));
  }
}
