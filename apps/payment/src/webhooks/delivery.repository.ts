import { Injectable } from '@nestjs/common';
import type { RequestOf, payment } from '#libs/contracts';
import type { SqlValue } from '#libs/database';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import type { PostResult } from './webhook-post.js';
import { DELIVERY_COLUMNS, type DeliveryRow } from './webhook-row.js';

/** A delivery that this process sends now, and where to. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly event: payment.WebhookEventType;
  readonly body: string;
  /** Grows whenever somebody takes it, or wants it sent again: what was taken before has no say then. */
  readonly claim: number;
  /** How many pauses it has had since it was made or sent again by hand. */
  readonly rung: number;
  readonly url: string;
  readonly secret: Buffer;
  /** Null when there is none, or its time is over. */
  readonly previous_secret: Buffer | null;
}

export interface DeliveryClaim {
  readonly deliveries: readonly ClaimedDelivery[];
  /** There may be more that could be taken at once. */
  readonly hasMore: boolean;
}

const NEWEST = (2n ** 63n - 1n).toString();

/** The SQL of what is sent to webhooks. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly shards: OrderShards) {}

  /**
   * Takes deliveries that are due. Who dies with them has them taken up again after the lease, under the same
   * `webhook-id`: at least once.
   *
   * @param placesOf how many more may be sent to a webhook at the moment; the others' turn comes before its next.
   * @param full webhooks that have no place left.
   */
  async claimDue(
    { database, tables }: OrderShard,
    { leaseMs, limit, full, placesOf }: ClaimOptions,
  ): Promise<DeliveryClaim> {
    return database.transaction(async (transaction) => {
      const due = await transaction.query<{ id: string; webhook_id: string }>(
        `SELECT \`id\`, \`webhook_id\` FROM \`${tables.webhookDeliveries}\` WHERE \`next_try_at\` <= UTC_TIMESTAMP(3) AND \`webhook_id\` NOT IN (?) ORDER BY \`next_try_at\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        [['0', ...full], limit],
      );
      const taken = new Map<string, number>();
      const ids = due.flatMap(({ id, webhook_id: webhookId }) => {
        const count = taken.get(webhookId) ?? 0;
        if (count >= placesOf(webhookId)) return [];
        taken.set(webhookId, count + 1);
        return [id];
      });
      if (ids.length === 0) return { deliveries: [], hasMore: false };
      await transaction.write(
        `UPDATE \`${tables.webhookDeliveries}\` SET \`tries\` = \`tries\` + 1, \`claim\` = \`claim\` + 1, \`next_try_at\` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE \`id\` IN (?)`,
        [leaseMs * 1_000, ids],
      );
      const deliveries = await transaction.query<ClaimedDelivery>(
        `SELECT \`d\`.\`id\`, \`d\`.\`webhook_id\`, \`d\`.\`event_id\`, \`d\`.\`event\`, \`d\`.\`body\`, \`d\`.\`claim\`, \`d\`.\`rung\`, \`w\`.\`url\`, \`w\`.\`secret\`, IF(\`w\`.\`previous_secret_until\` > UTC_TIMESTAMP(3), \`w\`.\`previous_secret\`, NULL) AS \`previous_secret\`
           FROM \`${tables.webhookDeliveries}\` AS \`d\` JOIN \`${tables.webhooks}\` AS \`w\` ON \`w\`.\`id\` = \`d\`.\`webhook_id\`
          WHERE \`d\`.\`id\` IN (?) ORDER BY \`d\`.\`id\``,
        [ids],
      );
      // Queued while its webhook was being removed.
      const orphans = ids.filter((id) => !deliveries.some((delivery) => delivery.id === id));
      if (orphans.length > 0)
        await transaction.write(`DELETE FROM \`${tables.webhookDeliveries}\` WHERE \`id\` IN (?)`, [orphans]);
      return { deliveries, hasMore: due.length === limit };
    });
  }

  /** @param nextTryInMs after a failure; null when this was the last try. Without a meaning after a success. */
  async note(
    { database, tables }: OrderShard,
    { id, claim }: ClaimedDelivery,
    { status, error }: PostResult,
    nextTryInMs: number | null,
  ): Promise<void> {
    const outcome = [status, error?.slice(0, 300) ?? null];
    if (error === null)
      await database.write(
        `UPDATE \`${tables.webhookDeliveries}\` SET \`state\` = 'DELIVERED', \`delivered_at\` = UTC_TIMESTAMP(3), \`next_try_at\` = NULL, \`last_status\` = ?, \`last_error\` = ? WHERE \`id\` = ? AND \`claim\` = ?`,
        [...outcome, id, claim],
      );
    else
      await database.write(
        `UPDATE \`${tables.webhookDeliveries}\` SET \`state\` = ?, \`next_try_at\` = IF(\`next_try_at\` IS NULL, NULL, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND), \`rung\` = \`rung\` + 1, \`last_status\` = ?, \`last_error\` = ? WHERE \`id\` = ? AND \`claim\` = ?`,
        [
          nextTryInMs === null ? 'EXHAUSTED' : 'PENDING',
          // NULL stays NULL: nothing is due any more.
          nextTryInMs === null ? null : Math.round(nextTryInMs * 1_000),
          ...outcome,
          id,
          claim,
        ],
      );
  }

  /** Deletes the oldest that were made before a moment and are not due any more. @returns how many. */
  async prune({ database, tables }: OrderShard, madeBefore: Date, limit: number): Promise<number> {
    // From the lower end of the primary key, so that a round without anything old reads one batch and not the table.
    const { affectedRows } = await database.write(
      `DELETE FROM \`${tables.webhookDeliveries}\` WHERE \`created_at\` < ? AND \`next_try_at\` IS NULL AND \`id\` IN
         (SELECT \`id\` FROM (SELECT \`id\` FROM \`${tables.webhookDeliveries}\` ORDER BY \`id\` LIMIT ?) AS \`oldest\`)`,
      [madeBefore, limit],
    );
    return affectedRows;
  }

  /** Newest first. */
  async list(
    { merchantId, webhookId, state, cursor }: Omit<RequestOf<typeof payment.listDeliveries>, 'limit'>,
    limit: number,
  ): Promise<DeliveryRow[]> {
    const { database, tables } = this.shards.ofMerchant(merchantId);
    const conditions: [string, SqlValue | undefined][] = [
      ['`merchant_id` = ?', merchantId],
      ['`id` < ?', cursor ?? NEWEST],
      ['`webhook_id` = ?', webhookId],
      ['`state` = ?', state],
    ];
    const used = conditions.filter((each): each is [string, SqlValue] => each[1] !== undefined);
    return database.query<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM \`${tables.webhookDeliveries}\` WHERE ${used.map(([sql]) => sql).join(' AND ')} ORDER BY \`id\` DESC LIMIT ?`,
      [...used.map(([, value]) => value), limit],
    );
  }

  /**
   * Makes a delivery due now, with the whole ladder before it.
   *
   * @returns null when the merchant has no such delivery.
   */
  async resend(merchantId: string, id: string): Promise<DeliveryRow | null> {
    const { database, tables } = this.shards.ofMerchant(merchantId);
    const { affectedRows } = await database.write(
      `UPDATE \`${tables.webhookDeliveries}\` SET \`state\` = 'PENDING', \`rung\` = 0, \`claim\` = \`claim\` + 1, \`next_try_at\` = UTC_TIMESTAMP(3), \`delivered_at\` = NULL WHERE \`id\` = ? AND \`merchant_id\` = ?`,
      [id, merchantId],
    );
    if (affectedRows === 0) return null;
    const [row] = await database.query<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM \`${tables.webhookDeliveries}\` WHERE \`id\` = ?`,
      [id],
    );
    return row ?? null;
  }
}

interface ClaimOptions {
  readonly leaseMs: number;
  readonly limit: number;
  readonly full: readonly string[];
  readonly placesOf: (webhookId: string) => number;
}
