import { Injectable } from '@nestjs/common';
import type { SqlExecutor, Transaction } from '#libs/database';
import type { Anchor } from './book-reader.js';

export interface Progress {
  readonly position: number;
  /** How much was checked since there is a checker. */
  readonly checked: number;
  readonly state: string | null;
}

type Task = 'commits' | 'replay';

/** How far the checker is. */
@Injectable()
export class ProgressRepository {
  /**
   * Takes a task for as long as the transaction lasts; undefined when another replica has it or it is not due. The lock is
   * the claim: whoever dies gives it back with everything that it had not committed.
   */
  async claim(transaction: Transaction, task: Task): Promise<Progress | undefined> {
    const [row] = await transaction.query<{ position: string; checked: string; state: string | null }>(
      'SELECT `position`, `checked`, `state` FROM `checker_progress` WHERE `name` = ? AND `due_at` <= UTC_TIMESTAMP(3) FOR UPDATE SKIP LOCKED',
      [task],
    );
    return row && { position: Number(row.position), checked: Number(row.checked), state: row.state };
  }

  async save(
    transaction: Transaction,
    task: Task,
    { position, checked, state }: Progress,
    dueInMs: number,
  ): Promise<void> {
    await transaction.write(
      'UPDATE `checker_progress` SET `position` = ?, `checked` = ?, `state` = ?, `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `name` = ?',
      [position, checked, state, Math.round(dueInMs * 1_000), task],
    );
  }

  async find(from: SqlExecutor, task: Task): Promise<Progress> {
    const [row] = await from.query<{ position: string; checked: string; state: string | null }>(
      'SELECT `position`, `checked`, `state` FROM `checker_progress` WHERE `name` = ?',
      [task],
    );
    if (!row) throw new Error(`The checker's progress has no row ${task}: run the migrations`);
    return { position: Number(row.position), checked: Number(row.checked), state: row.state };
  }

  /** The age of the oldest row of the outbox that was not looked at. */
  async lagSeconds(from: SqlExecutor, position: number): Promise<number> {
    const [row] = await from.query<{ lag: string | null }>(
      'SELECT TIMESTAMPDIFF(MICROSECOND, `created_at`, UTC_TIMESTAMP(3)) / 1000000 AS `lag` FROM `outbox` WHERE `id` > ? ORDER BY `id` LIMIT 1',
      [position],
    );
    return Math.max(0, Number(row?.lag ?? 0));
  }

  /** An anchor only ever goes forward. */
  async anchor(transaction: Transaction, anchors: ReadonlyMap<string, Anchor>): Promise<void> {
    if (anchors.size === 0) return;
    const rows = [...anchors].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
    // The assignments are made from left to right: `seq` is the old one until the last.
    await transaction.write(
      `INSERT INTO \`checker_anchor\` (\`account_id\`, \`seq\`, \`link\`, \`balance\`) VALUES ${rows.map(() => '(?, ?, ?, ?)').join(', ')}
         ON DUPLICATE KEY UPDATE \`link\` = IF(VALUES(\`seq\`) > \`seq\`, VALUES(\`link\`), \`link\`), \`balance\` = IF(VALUES(\`seq\`) > \`seq\`, VALUES(\`balance\`), \`balance\`), \`seq\` = GREATEST(\`seq\`, VALUES(\`seq\`))`,
      rows.flatMap(([accountId, { seq, link, balance }]) => [accountId, seq, link, balance]),
    );
  }
}
