import { Injectable } from '@nestjs/common';
import { Database, type SqlExecutor, type Transaction } from '#libs/database';
import type { AskedBefore } from './limits.js';
import { COUNTED_STATES } from './withdrawal-states.js';

export interface PaidBefore {
  readonly paidCount: number;
  readonly paidAmount: bigint;
  readonly failedCount: number;
  readonly firstAt: Date | null;
}

/** What an owner has asked for and got until now: for limits, for risk, for whoever approves. */
@Injectable()
export class OwnerHistory {
  constructor(private readonly database: Database) {}

  /** Holds the owner until the transaction ends, so that two requests can't both find the same room in a limit. */
  async lockOwner(transaction: Transaction, ownerId: string): Promise<void> {
    await transaction.write(
      'INSERT INTO `payee` (`owner_id`, `created_at`) VALUES (?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE `owner_id` = `owner_id`',
      [ownerId],
    );
    await transaction.query('SELECT `owner_id` FROM `payee` WHERE `owner_id` = ? FOR UPDATE', [ownerId]);
  }

  /** @param today in Beijing, as `YYYY-MM-DD`. */
  async askedBefore(sql: SqlExecutor, ownerId: string, today: string): Promise<AskedBefore> {
    const [row] = await sql.query<{ today: string | null; month: string | null; count: string }>(
      `SELECT SUM(IF(\`day\` = ?, \`amount\`, 0)) AS \`today\`, SUM(\`amount\`) AS \`month\`, COALESCE(SUM(\`day\` = ?), 0) AS \`count\`
         FROM \`withdrawal\` WHERE \`owner_id\` = ? AND \`day\` BETWEEN ? AND ? AND \`state\` IN (?)`,
      [today, today, ownerId, `${today.slice(0, 7)}-01`, today, COUNTED_STATES],
    );
    return {
      today: BigInt(row?.today ?? 0),
      thisMonth: BigInt(row?.month ?? 0),
      countToday: Number(row?.count ?? 0),
    };
  }

  async riskOf(
    sql: SqlExecutor,
    ownerId: string,
    payoutAccountId: string,
  ): Promise<{ paidToThisAccount: number; askedInLastDay: number; failedInLastMonth: number }> {
    const [row] = await sql.query<{ paid: string; asked: string; failed: string }>(
      `SELECT COALESCE(SUM(\`payout_account_id\` = ? AND \`state\` = 'PAID'), 0) AS \`paid\`,
              COALESCE(SUM(\`created_at\` > UTC_TIMESTAMP(3) - INTERVAL 1 DAY), 0) AS \`asked\`,
              COALESCE(SUM(\`state\` IN ('FAILED', 'RETURNED') AND \`updated_at\` > UTC_TIMESTAMP(3) - INTERVAL 30 DAY), 0) AS \`failed\`
         FROM \`withdrawal\` WHERE \`owner_id\` = ?`,
      [payoutAccountId, ownerId],
    );
    return {
      paidToThisAccount: Number(row?.paid ?? 0),
      askedInLastDay: Number(row?.asked ?? 0),
      failedInLastMonth: Number(row?.failed ?? 0),
    };
  }

  async paidBefore(ownerId: string, withdrawalId: string): Promise<PaidBefore> {
    const [row] = await this.database.query<{
      count: string;
      amount: string | null;
      failed: string;
      first: Date | null;
    }>(
      `SELECT COALESCE(SUM(\`state\` = 'PAID'), 0) AS \`count\`, SUM(IF(\`state\` = 'PAID', \`amount\`, 0)) AS \`amount\`,
              COALESCE(SUM(\`state\` IN ('FAILED', 'RETURNED')), 0) AS \`failed\`, MIN(\`created_at\`) AS \`first\`
         FROM \`withdrawal\` WHERE \`owner_id\` = ? AND \`id\` < ?`,
      [ownerId, withdrawalId],
    );
    return {
      paidCount: Number(row?.count ?? 0),
      paidAmount: BigInt(row?.amount ?? 0),
      failedCount: Number(row?.failed ?? 0),
      firstAt: row?.first ?? null,
    };
  }
}
