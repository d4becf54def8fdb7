import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import { type SqlValue, isDuplicateKeyError } from '#libs/database';
import { OrderShards } from '../orders/order-shards.js';
import { WEBHOOK_COLUMNS, type WebhookRow } from './webhook-row.js';

interface WebhookKey {
  readonly merchantId: string;
  readonly id: string;
}

interface WebhookChange {
  readonly url?: string | undefined;
  readonly events?: readonly payment.WebhookEventType[] | undefined;
  readonly enabled?: boolean | undefined;
}

/** The SQL of merchants' webhooks. Every statement names the merchant: somebody else's is not there. */
@Injectable()
export class WebhookRepository {
  constructor(private readonly shards: OrderShards) {}

  /** @returns false when the merchant has as many as one may have; then nothing is stored. */
  async insert(
    webhook: WebhookKey & {
      readonly url: string;
      readonly events: readonly string[];
      readonly createdAt: Date;
    },
    sealedSecret: Buffer,
    atMost: number,
  ): Promise<boolean> {
    const { database, tables } = this.shards.ofMerchant(webhook.merchantId);
    for (;;) {
      const rows = await database.query<{ slot: number }>(
        `SELECT \`slot\` FROM \`${tables.webhooks}\` WHERE \`merchant_id\` = ?`,
        [webhook.merchantId],
      );
      const taken = new Set(rows.map((row) => row.slot));
      const slot = Array.from({ length: atMost }, (_, index) => index + 1).find((each) => !taken.has(each));
      if (slot === undefined) return false;
      try {
        await database.write(
          `INSERT INTO \`${tables.webhooks}\` (\`id\`, \`merchant_id\`, \`slot\`, \`url\`, \`events\`, \`secret\`, \`created_at\`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [
            webhook.id,
            webhook.merchantId,
            slot,
            webhook.url,
            webhook.events.join(','),
            sealedSecret,
            webhook.createdAt,
          ],
        );
        return true;
      } catch (error) {
        // Somebody was faster: of two that come at once, each has a slot of its own.
        if (!isDuplicateKeyError(error, `${tables.webhooks}_slot`)) throw error;
      }
    }
  }

  async list(merchantId: string): Promise<WebhookRow[]> {
    const { database, tables } = this.shards.ofMerchant(merchantId);
    return database.query<WebhookRow>(
      `SELECT ${WEBHOOK_COLUMNS} FROM \`${tables.webhooks}\` WHERE \`merchant_id\` = ? ORDER BY \`id\``,
      [merchantId],
    );
  }

  async find({ merchantId, id }: WebhookKey): Promise<WebhookRow | null> {
    const { database, tables } = this.shards.ofMerchant(merchantId);
    const [row] = await database.query<WebhookRow>(
      `SELECT ${WEBHOOK_COLUMNS} FROM \`${tables.webhooks}\` WHERE \`id\` = ? AND \`merchant_id\` = ?`,
      [id, merchantId],
    );
    return row ?? null;
  }

  /**
   * What waits for a webhook that is switched off waits on without being looked at, and is due as soon as it is back.
   *
   * @returns false when there is no such webhook.
   */
  async update(key: WebhookKey, change: WebhookChange): Promise<boolean> {
    const { database, tables } = this.shards.ofMerchant(key.merchantId);
    const wanted: [string, SqlValue | undefined][] = [
      ['`url` = ?', change.url],
      ['`events` = ?', change.events?.join(',')],
      ['`enabled` = ?', change.enabled],
    ];
    const used = wanted.filter((each): each is [string, SqlValue] => each[1] !== undefined);
    return database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `UPDATE \`${tables.webhooks}\` SET ${['`id` = `id`', ...used.map(([sql]) => sql)].join(', ')} WHERE \`id\` = ? AND \`merchant_id\` = ?`,
        [...used.map(([, value]) => value), key.id, key.merchantId],
      );
      if (affectedRows === 0) return false;
      if (change.enabled !== undefined)
        await transaction.write(
          `UPDATE \`${tables.webhookDeliveries}\` SET \`next_try_at\` = ${change.enabled ? 'COALESCE(`next_try_at`, UTC_TIMESTAMP(3))' : 'NULL'} WHERE \`webhook_id\` = ? AND \`state\` = 'PENDING'`,
          [key.id],
        );
      return true;
    });
  }

  /** With all that was sent to it, or still waits. @returns false when there is no such webhook. */
  async delete({ merchantId, id }: WebhookKey): Promise<boolean> {
    const { database, tables } = this.shards.ofMerchant(merchantId);
    return database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `DELETE FROM \`${tables.webhooks}\` WHERE \`id\` = ? AND \`merchant_id\` = ?`,
        [id, merchantId],
      );
      if (affectedRows === 0) return false;
      await transaction.write(`DELETE FROM \`${tables.webhookDeliveries}\` WHERE \`webhook_id\` = ?`, [id]);
      return true;
    });
  }

  /** @returns false when there is no such webhook. */
  async rotate({ merchantId, id }: WebhookKey, sealedSecret: Buffer, overlapHours: number): Promise<boolean> {
    const { database, tables } = this.shards.ofMerchant(merchantId);
    const { affectedRows } = await database.write(
      `UPDATE \`${tables.webhooks}\` SET \`previous_secret\` = \`secret\`, \`previous_secret_until\` = UTC_TIMESTAMP(3) + INTERVAL ? HOUR, \`secret\` = ? WHERE \`id\` = ? AND \`merchant_id\` = ?`,
      [overlapHours, sealedSecret, id, merchantId],
    );
    return affectedRows === 1;
  }
}
