import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import type { OrderShard } from '../orders/order-shards.js';
import { type QueryLadder, nextQueryAt } from './query-ladder.js';

export interface DueAttempt {
  readonly id: string;
  readonly channel: payment.ChannelName;
  readonly state: payment.AttemptState;
  readonly expiresAt: Date;
}

interface DueAttemptRow {
  readonly id: string;
  readonly channel: payment.ChannelName;
  readonly state: payment.AttemptState;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly query_count: number;
}

/** The SQL that finds the attempts that it is time to ask about. */
@Injectable()
export class DueAttemptsRepository {
  /**
   * Takes due attempts for this replica, by setting the time at which they are due again *before* anybody is asked: if
   * we die in the middle, the next rung finds them. Rows that another replica is taking are skipped.
   */
  async claim(shard: OrderShard, ladder: QueryLadder, limit: number): Promise<DueAttempt[]> {
    const table = shard.tables.attempts;
    return shard.database.transaction(async (transaction) => {
      const rows = await transaction.query<DueAttemptRow>(
        `SELECT \`id\`, \`channel\`, \`state\`, \`created_at\`, \`expires_at\`, \`query_count\` FROM \`${table}\`
          WHERE \`next_query_at\` <= UTC_TIMESTAMP(3) ORDER BY \`next_query_at\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      const now = new Date();
      for (const row of rows) {
        const asked = {
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          queryCount: row.query_count + 1,
        };
        await transaction.write(
          `UPDATE \`${table}\` SET \`query_count\` = \`query_count\` + 1, \`next_query_at\` = ? WHERE \`id\` = ?`,
          [nextQueryAt(ladder, asked, now), row.id],
        );
      }
      return rows.map(({ id, channel, state, expires_at: expiresAt }) => ({ id, channel, state, expiresAt }));
    });
  }

  /** The last look at a closed attempt has been taken: it is asked about no more. */
  async rest(shard: OrderShard, attemptId: string): Promise<void> {
    await shard.database.write(
      `UPDATE \`${shard.tables.attempts}\` SET \`next_query_at\` = NULL WHERE \`id\` = ? AND \`state\` IN ('CLOSED', 'FAILED')`,
      [attemptId],
    );
  }
}
