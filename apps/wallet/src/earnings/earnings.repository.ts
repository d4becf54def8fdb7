import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

export interface PendingDay {
  readonly ownerId: string;
  readonly day: string;
  readonly version: number;
}

export interface EarnedDay {
  readonly day: string;
  /** Of all that was earned on it. */
  readonly pending: bigint;
  readonly matured: bigint;
}

/** All SQL about what traffic owners earn. */
@Injectable()
export class EarningsRepository {
  constructor(private readonly database: Database) {}

  /** Owners who have something pending of a day, and whose account is not stopped. */
  async pendingOf(day: string, limit: number): Promise<PendingDay[]> {
    const rows = await this.database.query<{ owner_id: string; version: string }>(
      "SELECT `owner_id`, `version` FROM `account` WHERE `kind` = 'traffic_pending' AND `part` = ? AND `posted` > 0 AND `frozen` = 0 LIMIT ?",
      [day, limit],
    );
    return rows.map((row) => ({ ownerId: row.owner_id, day, version: Number(row.version) }));
  }

  /** The newest day before this one on which anybody has earned; null when there is none. */
  async dayBefore(day: string): Promise<string | null> {
    const [row] = await this.database.query<{ day: string | null }>(
      "SELECT MAX(`part`) AS `day` FROM `account` WHERE `kind` = 'traffic_pending' AND `part` < ?",
      [day],
    );
    return row?.day ?? null;
  }

  /**
   * What was earned on each day, oldest first. One statement, and so one moment: what matures meanwhile is either pending or
   * matured, and never both. The available account has a few entries a day, whatever the number of spends.
   */
  async days(ownerId: string, from: string, to: string): Promise<EarnedDay[]> {
    const rows = await this.database.query<{ day: string; pending: string; matured: string }>(
      `SELECT \`day\`, SUM(\`pending\`) AS \`pending\`, SUM(\`matured\`) AS \`matured\` FROM (
         SELECT \`part\` AS \`day\`, \`posted\` AS \`pending\`, 0 AS \`matured\` FROM \`account\`
          WHERE \`owner_id\` = ? AND \`kind\` = 'traffic_pending' AND \`part\` BETWEEN ? AND ?
         UNION ALL
         SELECT \`t\`.\`reference\`, 0, \`e\`.\`amount\` FROM \`account\` AS \`a\`
           JOIN \`entry\` AS \`e\` ON \`e\`.\`account_id\` = \`a\`.\`id\`
           JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
          WHERE \`a\`.\`code\` = ? AND \`t\`.\`kind\` = 'maturity' AND \`t\`.\`reference\` BETWEEN ? AND ?
       ) AS \`days\` GROUP BY \`day\` ORDER BY \`day\``,
      [ownerId, from, to, `traffic_available:${ownerId}`, from, to],
    );
    return rows.map(({ day, pending, matured }) => ({
      day,
      pending: BigInt(pending),
      matured: BigInt(matured),
    }));
  }

  /** What an owner has, by kind of account. */
  async totals(ownerId: string): Promise<Map<string, bigint>> {
    const rows = await this.database.query<{ kind: string; posted: string }>(
      "SELECT `kind`, SUM(`posted`) AS `posted` FROM `account` WHERE `owner_id` = ? AND `kind` IN ('traffic_pending', 'traffic_available', 'traffic_withdrawing') GROUP BY `kind`",
      [ownerId],
    );
    return new Map(rows.map((row) => [row.kind, BigInt(row.posted)]));
  }
}
