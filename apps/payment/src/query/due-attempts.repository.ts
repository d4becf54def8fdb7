import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import type { OrderShard } from '../orders/order-shards.js';
import { type QueryLadder, nextQueryAt } from './query-ladder.js';

export interface DueAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly state: payment.AttemptState;
  /** An open attempt of an order that is paid is one too many. */
  readonly orderState: payment.OrderState;
  readonly expiresAt: Date;
}

interface DueAttemptRow {
  readonly id: string;
  readonly order_id: string;
  readonly account_id: string;
  readonly state: payment.AttemptState;
  readonly order_state: payment.OrderState;
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
    const { attempts, orders } = shard.tables;
    return shard.database.transaction(async (transaction) => {
      const locked = await transaction.query<{ id: string }>(
        `SELECT \`id\` FROM \`${attempts}\` WHERE \`next_query_at\` <= UTC_TIMESTAMP(3) ORDER BY \`next_query_at\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      if (locked.length === 0) return [];
      // The orders are only read: locking them here would go against the order in which settlements lock.
      const rows = await transaction.query<DueAttemptRow>(
        `SELECT \`a\`.\`id\`, \`a\`.\`order_id\`, \`a\`.\`account_id\`, \`a\`.\`state\`, \`a\`.\`created_at\`, \`a\`.\`expires_at\`, \`a\`.\`query_count\`, \`o\`.\`state\` AS \`order_state\`
           FROM \`${attempts}\` AS \`a\` JOIN \`${orders}\` AS \`o\` ON \`o\`.\`id\` = \`a\`.\`order_id\` WHERE \`a\`.\`id\` IN (?) ORDER BY \`a\`.\`next_query_at\``,
        [locked.map(({ id }) => id)],
      );
      const now = new Date();
      for (const row of rows) {
        const asked = {
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          queryCount: row.query_count + 1,
        };
        await transaction.write(
          `UPDATE \`${attempts}\` SET \`query_count\` = \`query_count\` + 1, \`next_query_at\` = ? WHERE \`id\` = ?`,
          [nextQueryAt(ladder, asked, now), row.id],
        );
      }
      return rows.map((row) => ({
        id: row.id,
        orderId: row.order_id,
        accountId: row.account_id,
        state: row.state,
        orderState: row.order_state,
        expiresAt: row.expires_at,
      }));
    });
  }

  /** It could not be asked about: the rung that was taken for it is given back. */
  async postpone(shard: OrderShard, attemptId: string, pauseMs: number): Promise<void> {
    await shard.database.write(
      `UPDATE \`${shard.tables.attempts}\` SET \`next_query_at\` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, \`query_count\` = GREATEST(\`query_count\`, 1) - 1 WHERE \`id\` = ? AND \`next_query_at\` IS NOT NULL`,
      [pauseMs * 1_000, attemptId],
    );
  }

  /** The last look at a closed attempt has been taken: it is asked about no more. */
  async rest(shard: OrderShard, attemptId: string): Promise<void> {
    await shard.database.write(
      `UPDATE \`${shard.tables.attempts}\` SET \`next_query_at\` = NULL WHERE \`id\` = ? AND \`state\` IN ('CLOSED', 'FAILED')`,
      [attemptId],
    );
  }
}
