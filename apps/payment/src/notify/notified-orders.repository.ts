import { Injectable } from '@nestjs/common';
import { OrderShards } from '../orders/order-shards.js';

/** Which order a notify is about. */
@Injectable()
export class NotifiedOrders {
  constructor(private readonly shards: OrderShards) {}

  /** @returns null when there is no such attempt. */
  async orderOf(attemptId: string): Promise<string | null> {
    const { database, tables } = this.shards.ofId(attemptId);
    const [row] = await database.query<{ order_id: string }>(
      `SELECT \`order_id\` FROM \`${tables.attempts}\` WHERE \`id\` = ?`,
      [attemptId],
    );
    return row?.order_id ?? null;
  }
}
