import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import { type SqlParameters, type Transaction, isDuplicateKeyError } from '#libs/database';
import { type OrderRow, selectOrders } from './order-row.js';
import { type OrderShard, OrderShards } from './order-shards.js';
import { ATTEMPT_TRANSITIONS, ORDER_TRANSITIONS, sourcesOf } from './order-states.js';

export interface NewOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly state: 'CREATED' | 'PAYING';
  readonly idempotencyKey: string | null;
  readonly requestHash: Buffer;
  readonly amount: bigint;
  readonly subject: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly attempt: {
    readonly id: string;
    readonly state: 'CREATED' | 'PENDING';
    readonly channel: payment.ChannelName;
    readonly method: payment.PayMethod;
    readonly payUrl: string | null;
    readonly codeUrl: string | null;
    readonly nextQueryAt: Date;
  };
}

export interface OrderFilter {
  readonly state?: payment.OrderState | undefined;
  readonly channel?: payment.ChannelName | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
  /** Orders older than this id. */
  readonly beforeId?: string | undefined;
}

/** All SQL that creates, reads and lists orders; every statement touches one shard. */
@Injectable()
export class OrderRepository {
  constructor(private readonly shards: OrderShards) {}

  /** @returns false when the merchant has an order with that idempotency key already; then nothing is stored. */
  async insert(order: NewOrder): Promise<boolean> {
    const { database, tables } = this.shards.ofId(order.id);
    const { attempt } = order;
    try {
      await database.transaction(async (transaction) => {
        await transaction.write(
          `INSERT INTO \`${tables.orders}\` (\`id\`, \`merchant_id\`, \`state\`, \`channel\`, \`idempotency_key\`, \`request_hash\`, \`created_at\`, \`updated_at\`, \`expires_at\`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            order.id,
            order.merchantId,
            order.state,
            attempt.channel,
            order.idempotencyKey,
            order.requestHash,
            order.createdAt,
            order.createdAt,
            order.expiresAt,
          ],
        );
        await transaction.write(
          `INSERT INTO \`${tables.orderDetails}\` (\`order_id\`, \`amount\`, \`method\`, \`subject\`, \`attempt_id\`) VALUES (?, ?, ?, ?, ?)`,
          [order.id, order.amount, attempt.method, order.subject, attempt.id],
        );
        await transaction.write(
          `INSERT INTO \`${tables.attempts}\` (\`id\`, \`order_id\`, \`merchant_id\`, \`channel\`, \`method\`, \`state\`, \`amount\`, \`pay_url\`, \`code_url\`, \`next_query_at\`, \`expires_at\`, \`created_at\`, \`updated_at\`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            attempt.id,
            order.id,
            order.merchantId,
            attempt.channel,
            attempt.method,
            attempt.state,
            order.amount,
            attempt.payUrl,
            attempt.codeUrl,
            attempt.nextQueryAt,
            order.expiresAt,
            order.createdAt,
            order.createdAt,
          ],
        );
      });
      return true;
    } catch (error) {
      if (isDuplicateKeyError(error, `${tables.orders}_key`)) return false;
      throw error;
    }
  }

  async findById(id: string): Promise<OrderRow | null> {
    const shard = this.shards.ofId(id);
    const [row] = await shard.database.query<OrderRow>(`${selectOrders(shard)} WHERE \`o\`.\`id\` = ?`, [id]);
    return row ?? null;
  }

  async findByKey(merchantId: string, idempotencyKey: string): Promise<OrderRow | null> {
    const shard = this.shards.ofMerchant(merchantId);
    const [row] = await shard.database.query<OrderRow>(
      `${selectOrders(shard)} WHERE \`o\`.\`merchant_id\` = ? AND \`o\`.\`idempotency_key\` = ?`,
      [merchantId, idempotencyKey],
    );
    return row ?? null;
  }

  /** Newest first, by key and not by offset: the thousandth page costs what the first does. */
  async list(merchantId: string, filter: OrderFilter, limit: number): Promise<OrderRow[]> {
    const shard = this.shards.ofMerchant(merchantId);
    const conditions: [sql: string, value: string | Date | undefined][] = [
      ['`o`.`merchant_id` = ?', merchantId],
      ['`o`.`state` = ?', filter.state],
      ['`o`.`channel` = ?', filter.channel],
      ['`o`.`created_at` >= ?', filter.createdFrom],
      ['`o`.`created_at` < ?', filter.createdTo],
      ['`o`.`id` < ?', filter.beforeId],
    ];
    const used = conditions.filter(
      (condition): condition is [string, string | Date] => condition[1] !== undefined,
    );
    const parameters: SqlParameters = [...used.map(([, value]) => value), limit];
    return shard.database.query<OrderRow>(
      `${selectOrders(shard)} WHERE ${used.map(([sql]) => sql).join(' AND ')} ORDER BY \`o\`.\`id\` DESC LIMIT ?`,
      parameters,
    );
  }

  /** The channel has given a way to pay. @returns false when the order has moved on meanwhile. */
  async markPaying(
    orderId: string,
    attemptId: string,
    credential: { readonly payUrl: string | null; readonly codeUrl: string | null },
  ): Promise<boolean> {
    const shard = this.shards.ofId(orderId);
    return shard.database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `UPDATE \`${shard.tables.attempts}\` SET \`state\` = 'PENDING', \`pay_url\` = ?, \`code_url\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
        [credential.payUrl, credential.codeUrl, attemptId, sourcesOf(ATTEMPT_TRANSITIONS, 'PENDING')],
      );
      if (affectedRows === 0) return false;
      return this.moveOrder(transaction, shard, orderId, 'PAYING');
    });
  }

  /** The channel has refused to take the attempt at all: it can never be paid, and so neither can the order. */
  async markFailed(orderId: string, attemptId: string): Promise<void> {
    const shard = this.shards.ofId(orderId);
    await shard.database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `UPDATE \`${shard.tables.attempts}\` SET \`state\` = 'FAILED', \`next_query_at\` = NULL, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
        [attemptId, sourcesOf(ATTEMPT_TRANSITIONS, 'FAILED')],
      );
      if (affectedRows > 0) await this.moveOrder(transaction, shard, orderId, 'CLOSED');
    });
  }

  /** Moves an order if the transition table lets it. @returns false when it does not, which the caller must decide upon. */
  async moveOrder(
    transaction: Transaction,
    { tables }: OrderShard,
    orderId: string,
    to: payment.OrderState,
    creditDueAt: Date | null = null,
  ): Promise<boolean> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.orders}\` SET \`state\` = ?, \`version\` = \`version\` + 1, \`credit_due_at\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
      [to, creditDueAt, orderId, sourcesOf(ORDER_TRANSITIONS, to)],
    );
    return affectedRows === 1;
  }
}
