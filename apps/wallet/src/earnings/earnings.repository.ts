import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

export interface PendingDay {
  readonly ownerId: string;
  readonly day: string;
  readonly version: number;
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

  /** What is pending of each day, by day; days of which everything has matured stand with zero. */
  async pendingDays(ownerId: string, from: string, to: string): Promise<Map<string, bigint>> {
    const rows = await this.database.query<{ part: string; posted: string }>(
      "SELECT `part`, `posted` FROM `account` WHERE `owner_id` = ? AND `kind` = 'traffic_pending' AND `part` BETWEEN ? AND ?",
      [ownerId, from, to],
    );
    return new Map(rows.map((row) => [row.part, BigInt(row.posted)]));
  }

  /** What has matured of each day. The available account has a few entries a day, whatever the number of spends. */
  async maturedDays(ownerId: string, from: string, to: string): Promise<Map<string, bigint>> {
    const rows = await this.database.query<{ day: string; amount: string }>(
      `SELECT \`t\`.\`reference\` AS \`day\`, SUM(\`e\`.\`amount\`) AS \`amount\` FROM \`account\` AS \`a\`
         JOIN \`entry\` AS \`e\` ON \`e\`.\`account_id\` = \`a\`.\`id\`
         JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
        WHERE \`a\`.\`code\` = ? AND \`t\`.\`kind\` = 'maturity' AND \`t\`.\`reference\` BETWEEN ? AND ?
        GROUP BY \`t\`.\`reference\``,
      [`traffic_available:${ownerId}`, from, to],
    );
    return new Map(rows.map((row) => [row.day, BigInt(row.amount)]));
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
