import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';

type Facts = Record<string, string | number | boolean | null>;

export interface WithdrawalEvent {
  readonly kind: withdrawal.WithdrawalEventKind;
  readonly at: Date;
  readonly actorId: string | null;
  readonly facts: Facts;
}

interface EventRow {
  readonly kind: withdrawal.WithdrawalEventKind;
  readonly at: Date;
  readonly actor_id: string | null;
  readonly facts: unknown;
}

/** What has happened to each withdrawal, written in the transaction of the change itself. */
@Injectable()
export class Timeline {
  async append(
    sql: SqlExecutor,
    withdrawalId: string,
    kind: withdrawal.WithdrawalEventKind,
    facts: Facts = {},
    actorId: string | null = null,
  ): Promise<void> {
    await sql.write(
      'INSERT INTO `withdrawal_event` (`withdrawal_id`, `kind`, `actor_id`, `facts`, `at`) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))',
      [withdrawalId, kind, actorId, JSON.stringify(facts)],
    );
  }

  /** Oldest first. */
  async of(sql: SqlExecutor, withdrawalId: string): Promise<WithdrawalEvent[]> {
    const rows = await sql.query<EventRow>(
      'SELECT `kind`, `at`, `actor_id`, `facts` FROM `withdrawal_event` WHERE `withdrawal_id` = ? ORDER BY `id`',
      [withdrawalId],
    );
    return rows.map((row) => ({
      kind: row.kind,
      at: row.at,
      actorId: row.actor_id,
      // MySQL gives JSON parsed, MariaDB as it was written.
      facts: (typeof row.facts === 'string' ? JSON.parse(row.facts) : row.facts) as Facts,
    }));
  }
}
