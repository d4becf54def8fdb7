import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import { OrderRepository } from '../orders/order.repository.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { StoryRepository } from '../story/story.repository.js';
import { tellOfOrder } from '../webhooks/webhook-notices.js';

/** The SQL of the last step: from PAID to CREDITED, and the orders that have waited for it too long. */
@Injectable()
export class CreditRepository {
  constructor(
    private readonly shards: OrderShards,
    private readonly orders: OrderRepository,
    private readonly stories: StoryRepository,
  ) {}

  /** @returns false when the order is not PAID (any more). */
  async markCredited(orderId: string, transferId: string, creditedAt: Date): Promise<boolean> {
    const shard = this.shards.ofId(orderId);
    return shard.database.transaction(async (transaction) => {
      if (!(await this.orders.moveOrder(transaction, shard, orderId, 'CREDITED'))) return false;
      await transaction.write(
        `UPDATE \`${shard.tables.orderDetails}\` SET \`credited_at\` = ?, \`transfer_id\` = ? WHERE \`order_id\` = ?`,
        [creditedAt, transferId, orderId],
      );
      await this.stories.append(transaction, shard, {
        orderId,
        kind: 'order.credited',
        facts: { transferId },
      });
      await tellOfOrder(transaction, shard, orderId, 'recharge.credited');
      return true;
    });
  }

  async findState(orderId: string): Promise<{ merchantId: string; state: payment.OrderState } | null> {
    const { database, tables } = this.shards.ofId(orderId);
    const [row] = await database.query<{ merchant_id: string; state: payment.OrderState }>(
      `SELECT \`merchant_id\`, \`state\` FROM \`${tables.orders}\` WHERE \`id\` = ?`,
      [orderId],
    );
    return row ? { merchantId: row.merchant_id, state: row.state } : null;
  }

  /**
   * Takes the orders whose credit is overdue, and sets when they are overdue again: after a quarter of what they have
   * waited by now, so ever more rarely, but every five minutes at least. A quarter and no more, because an announcement
   * can be lost as well: whoever empties Redis five times in a row must not make a buyer wait for minutes.
   */
  async claimOverdue({ database, tables }: OrderShard, limit: number): Promise<string[]> {
    return database.transaction(async (transaction) => {
      const rows = await transaction.query<{ id: string }>(
        `SELECT \`id\` FROM \`${tables.orders}\` WHERE \`credit_due_at\` <= UTC_TIMESTAMP(3) ORDER BY \`credit_due_at\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) {
        await transaction.write(
          `UPDATE \`${tables.orders}\` SET \`credit_due_at\` = UTC_TIMESTAMP(3) + INTERVAL LEAST(300, GREATEST(5, TIMESTAMPDIFF(SECOND, \`updated_at\`, UTC_TIMESTAMP(3)) DIV 4)) SECOND WHERE \`id\` IN (?)`,
          [ids],
        );
      }
      return ids;
    });
  }
}
