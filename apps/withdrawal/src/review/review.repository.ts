import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { Database, type SqlExecutor } from '#libs/database';
import { WITHDRAWAL_COLUMNS, type WithdrawalRow } from '../withdrawals/withdrawal-row.js';

export interface Approval {
  readonly operatorId: string;
  readonly at: Date;
  readonly note: string | null;
}

/** Where it waits for somebody or something. */
const WAITING: readonly withdrawal.WithdrawalState[] = ['REQUESTED', 'IN_REVIEW', 'APPROVED', 'PAYING'];

/** All SQL about who decided what. */
@Injectable()
export class ReviewRepository {
  constructor(private readonly database: Database) {}

  /** What waits for somebody: oldest first; anything else: newest first. */
  list(
    state: withdrawal.WithdrawalState,
    cursor: string | undefined,
    limit: number,
  ): Promise<WithdrawalRow[]> {
    const [compare, order, start] = WAITING.includes(state)
      ? (['>', 'ASC', '0'] as const)
      : (['<', 'DESC', '9223372036854775807'] as const);
    return this.database.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`state\` = ? AND \`id\` ${compare} ? ORDER BY \`id\` ${order} LIMIT ?`,
      [state, cursor ?? start, limit],
    );
  }

  async approvals(sql: SqlExecutor, withdrawalId: string): Promise<Approval[]> {
    const rows = await sql.query<{ operator_id: string; at: Date; note: string | null }>(
      'SELECT `operator_id`, `at`, `note` FROM `withdrawal_approval` WHERE `withdrawal_id` = ? ORDER BY `at`',
      [withdrawalId],
    );
    return rows.map((row) => ({ operatorId: row.operator_id, at: row.at, note: row.note }));
  }

  /** Who has rejected it; null when nobody has. */
  async rejectedBy(sql: SqlExecutor, withdrawalId: string): Promise<string | null> {
    const [row] = await sql.query<{ actor_id: string | null }>(
      "SELECT `actor_id` FROM `withdrawal_event` WHERE `withdrawal_id` = ? AND `kind` = 'rejected'",
      [withdrawalId],
    );
    return row?.actor_id ?? null;
  }

  async approve(
    sql: SqlExecutor,
    withdrawalId: string,
    operatorId: string,
    note: string | null,
  ): Promise<void> {
    await sql.write(
      'INSERT INTO `withdrawal_approval` (`withdrawal_id`, `operator_id`, `note`, `at`) VALUES (?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE `operator_id` = `operator_id`',
      [withdrawalId, operatorId, note],
    );
  }
}
