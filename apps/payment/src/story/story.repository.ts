import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import type { OrderShard } from '../orders/order-shards.js';

/** For people: no secrets, amounts in yuan, ISO times. */
export type StoryFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface NewStoryEvent {
  readonly orderId: string;
  readonly kind: payment.StoryKind;
  readonly attemptId?: string | undefined;
  readonly refundId?: string | undefined;
  readonly channel?: payment.ChannelName | undefined;
  readonly facts?: StoryFacts;
}

interface StoryRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: payment.StoryKind;
  readonly attempt_id: string | null;
  readonly refund_id: string | null;
  readonly channel: payment.ChannelName | null;
  readonly facts: unknown;
}

/** The SQL of orders' stories: rows are only ever added, by whoever changes something, in the change's transaction. */
@Injectable()
export class StoryRepository {
  append(executor: SqlExecutor, shard: OrderShard, event: NewStoryEvent): Promise<void> {
    return this.appendAll(executor, shard, [event]);
  }

  async appendAll(
    executor: SqlExecutor,
    { tables }: OrderShard,
    events: readonly NewStoryEvent[],
  ): Promise<void> {
    if (events.length === 0) return;
    await executor.write(
      `INSERT INTO \`${tables.orderEvents}\` (\`order_id\`, \`at\`, \`kind\`, \`attempt_id\`, \`refund_id\`, \`channel\`, \`facts\`) VALUES ${events.map(() => '(?, UTC_TIMESTAMP(3), ?, ?, ?, ?, ?)').join(', ')}`,
      events.flatMap((event) => [
        event.orderId,
        event.kind,
        event.attemptId ?? null,
        event.refundId ?? null,
        event.channel ?? null,
        JSON.stringify(event.facts ?? {}),
      ]),
    );
  }

  /** Oldest first. */
  async list(
    { database, tables }: OrderShard,
    orderId: string,
    afterId: string,
    limit: number,
  ): Promise<payment.StoryEvent[]> {
    const rows = await database.query<StoryRow>(
      `SELECT \`id\`, \`at\`, \`kind\`, \`attempt_id\`, \`refund_id\`, \`channel\`, \`facts\` FROM \`${tables.orderEvents}\` WHERE \`order_id\` = ? AND \`id\` > ? ORDER BY \`id\` LIMIT ?`,
      [orderId, afterId, limit],
    );
    return rows.map((row) => ({
      id: row.id,
      at: row.at,
      kind: row.kind,
      attemptId: row.attempt_id,
      refundId: row.refund_id,
      channel: row.channel,
      // MySQL gives a JSON column parsed, MariaDB (where it is text) gives it as it was written.
      facts: (typeof row.facts === 'string' ? JSON.parse(row.facts) : row.facts) as StoryFacts,
    }));
  }

  /**
   * For what strangers and repetitions can cause: after so many of a kind an order's story tells no more of them, so
   * that nobody fills the table by saying the same thing for ever.
   */
  async appendBounded(
    executor: SqlExecutor,
    { tables }: OrderShard,
    event: NewStoryEvent,
    atMost = 20,
  ): Promise<void> {
    await executor.write(
      `INSERT INTO \`${tables.orderEvents}\` (\`order_id\`, \`at\`, \`kind\`, \`attempt_id\`, \`refund_id\`, \`channel\`, \`facts\`)
       SELECT ?, UTC_TIMESTAMP(3), ?, ?, ?, ?, ? FROM (SELECT COUNT(*) AS \`count\` FROM (SELECT 1 FROM \`${tables.orderEvents}\` WHERE \`order_id\` = ? AND \`kind\` = ? LIMIT ?) AS \`some\`) AS \`told\` WHERE \`told\`.\`count\` < ?`,
      [
        event.orderId,
        event.kind,
        event.attemptId ?? null,
        event.refundId ?? null,
        event.channel ?? null,
        JSON.stringify(event.facts ?? {}),
        event.orderId,
        event.kind,
        atMost,
        atMost,
      ],
    );
  }
}
