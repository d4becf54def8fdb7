import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import type { PayCredential } from '#libs/payments';
import type { Transaction } from '#libs/database';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { sourcesOf } from '#libs/states';
import { ATTEMPT_TRANSITIONS } from '../orders/order-states.js';
import { releaseOffer } from '../offers/offer-uses.js';
import { OrderRepository } from '../orders/order.repository.js';
import { StoryRepository } from '../story/story.repository.js';
import { tellOfOrder } from '../webhooks/webhook-notices.js';
import { type NewAttempt, type Payer, insertAttempt, jsonOrNull, openedEvent } from './new-attempt.js';

/** What `prepay` needs to know of an attempt, new or read again. */
export interface OpenableAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly accountId: string;
  readonly method: payment.PayMethod;
  readonly amount: bigint;
  readonly subject: string;
  readonly payer: Payer;
  readonly expiresAt: Date;
}

interface OpenableRow {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly account_id: string;
  readonly method: payment.PayMethod;
  readonly amount: string;
  readonly subject: string;
  readonly payer: unknown;
  readonly expires_at: Date;
}

/** The SQL of attempts from their making to the moment at which they can be paid. */
@Injectable()
export class AttemptRepository {
  constructor(
    private readonly shards: OrderShards,
    private readonly orders: OrderRepository,
    private readonly stories: StoryRepository,
  ) {}

  /** Adds a way to pay to an order that is still open. @returns false when it is not open any more. */
  async add(attempt: NewAttempt): Promise<boolean> {
    const shard = this.shards.ofId(attempt.orderId);
    return shard.database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `UPDATE \`${shard.tables.orders}\` SET \`channel\` = ?, \`version\` = \`version\` + 1, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN ('CREATED', 'PAYING')`,
        [attempt.channel, attempt.orderId],
      );
      if (affectedRows === 0) return false;
      await insertAttempt(transaction, shard, attempt);
      await transaction.write(
        `UPDATE \`${shard.tables.orderDetails}\` SET \`attempt_id\` = ?, \`method\` = ? WHERE \`order_id\` = ?`,
        [attempt.id, attempt.method, attempt.orderId],
      );
      await this.stories.append(transaction, shard, openedEvent(attempt));
      if (attempt.state === 'PENDING')
        await this.orders.moveOrder(transaction, shard, attempt.orderId, 'PAYING');
      return true;
    });
  }

  /** Makes an attempt the one that the order shows: the buyer has gone back to a way that was open already. */
  async select(orderId: string, attemptId: string): Promise<void> {
    const { database, tables } = this.shards.ofId(orderId);
    await database.write(
      `UPDATE \`${tables.orders}\` AS \`o\`
         JOIN \`${tables.orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
         JOIN \`${tables.attempts}\` AS \`a\` ON \`a\`.\`id\` = ? AND \`a\`.\`order_id\` = \`o\`.\`id\`
          SET \`d\`.\`attempt_id\` = \`a\`.\`id\`, \`d\`.\`method\` = \`a\`.\`method\`, \`o\`.\`channel\` = \`a\`.\`channel\`
        WHERE \`o\`.\`id\` = ? AND \`o\`.\`state\` IN ('CREATED', 'PAYING')`,
      [attemptId, orderId],
    );
  }

  /** An attempt by this way that the buyer can still pay with. */
  async findOpen(
    orderId: string,
    channel: payment.ChannelName,
    method: payment.PayMethod,
  ): Promise<{ id: string; state: payment.AttemptState } | null> {
    const { database, tables } = this.shards.ofId(orderId);
    const [row] = await database.query<{ id: string; state: payment.AttemptState }>(
      `SELECT \`id\`, \`state\` FROM \`${tables.attempts}\` WHERE \`order_id\` = ? AND \`channel\` = ? AND \`method\` = ? AND \`state\` IN ('CREATED', 'PENDING') ORDER BY \`id\` DESC LIMIT 1`,
      [orderId, channel, method],
    );
    return row ?? null;
  }

  /** Attempts of an order that somebody could still pay, newest first. */
  async findAllOpen(
    orderId: string,
  ): Promise<{ id: string; orderId: string; accountId: string; expiresAt: Date }[]> {
    const { database, tables } = this.shards.ofId(orderId);
    const rows = await database.query<{ id: string; account_id: string; expires_at: Date }>(
      `SELECT \`id\`, \`account_id\`, \`expires_at\` FROM \`${tables.attempts}\` WHERE \`order_id\` = ? AND \`state\` IN ('CREATED', 'PENDING') ORDER BY \`id\` DESC`,
      [orderId],
    );
    return rows.map((row) => ({
      id: row.id,
      orderId,
      accountId: row.account_id,
      expiresAt: row.expires_at,
    }));
  }

  async findOpenable(attemptId: string): Promise<OpenableAttempt | null> {
    const { database, tables } = this.shards.ofId(attemptId);
    const [row] = await database.query<OpenableRow>(
      `SELECT \`a\`.\`id\`, \`a\`.\`order_id\`, \`a\`.\`merchant_id\`, \`a\`.\`account_id\`, \`a\`.\`method\`, \`a\`.\`amount\`, \`a\`.\`payer\`, \`a\`.\`expires_at\`, \`d\`.\`subject\`
         FROM \`${tables.attempts}\` AS \`a\` JOIN \`${tables.orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`a\`.\`order_id\`
        WHERE \`a\`.\`id\` = ? AND \`a\`.\`state\` = 'CREATED'`,
      [attemptId],
    );
    if (!row) return null;
    return {
      id: row.id,
      orderId: row.order_id,
      merchantId: row.merchant_id,
      accountId: row.account_id,
      method: row.method,
      amount: BigInt(row.amount),
      subject: row.subject,
      payer: (typeof row.payer === 'string' ? JSON.parse(row.payer) : (row.payer ?? {})) as Payer,
      expiresAt: row.expires_at,
    };
  }

  /** The channel has given a way to pay. @returns false when the attempt has moved on meanwhile. */
  async markReady(
    attempt: Pick<OpenableAttempt, 'id' | 'orderId'>,
    credential: PayCredential,
  ): Promise<boolean> {
    const shard = this.shards.ofId(attempt.orderId);
    return shard.database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `UPDATE \`${shard.tables.attempts}\` SET \`state\` = 'PENDING', \`pay_url\` = ?, \`code_url\` = ?, \`jsapi_parameters\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
        [
          credential.payUrl,
          credential.codeUrl,
          jsonOrNull(credential.jsapiParameters),
          attempt.id,
          sourcesOf(ATTEMPT_TRANSITIONS, 'PENDING'),
        ],
      );
      if (affectedRows === 0) return false;
      // Not for a second attempt: the order is PAYING since the first.
      await this.orders.moveOrder(transaction, shard, attempt.orderId, 'PAYING');
      await this.stories.append(transaction, shard, {
        orderId: attempt.orderId,
        kind: 'attempt.ready',
        attemptId: attempt.id,
      });
      return true;
    });
  }

  /**
   * The channel has refused to take the attempt at all: it can never be paid. Neither can an order that has no other.
   *
   * @param lastLookAt when to ask the channel once more all the same: it may refuse what it had taken before.
   * @returns true when the order was closed with it.
   */
  async markFailed(
    attempt: Pick<OpenableAttempt, 'id' | 'orderId'>,
    reason: string,
    lastLookAt: Date,
  ): Promise<boolean> {
    const shard = this.shards.ofId(attempt.orderId);
    return shard.database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.write(
        `UPDATE \`${shard.tables.attempts}\` SET \`state\` = 'FAILED', \`next_query_at\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
        [lastLookAt, attempt.id, sourcesOf(ATTEMPT_TRANSITIONS, 'FAILED')],
      );
      if (affectedRows === 0) return false;
      await this.stories.append(transaction, shard, {
        orderId: attempt.orderId,
        kind: 'attempt.failed',
        attemptId: attempt.id,
        facts: { reason },
      });
      return this.closeOrderIfNothingIsOpen(transaction, shard, attempt.orderId);
    });
  }

  /**
   * An order is closed with the last attempt that could have been paid. The order's row is locked first: of two
   * attempts that end at the same moment, the second sees the end of the first.
   */
  async closeOrderIfNothingIsOpen(
    transaction: Transaction,
    shard: OrderShard,
    orderId: string,
  ): Promise<boolean> {
    await transaction.query(`SELECT \`id\` FROM \`${shard.tables.orders}\` WHERE \`id\` = ? FOR UPDATE`, [
      orderId,
    ]);
    const open = await transaction.query(
      `SELECT \`id\` FROM \`${shard.tables.attempts}\` WHERE \`order_id\` = ? AND \`state\` IN ('CREATED', 'PENDING') LIMIT 1`,
      [orderId],
    );
    if (open.length > 0) return false;
    if (!(await this.orders.moveOrder(transaction, shard, orderId, 'CLOSED'))) return false;
    await transaction.write(
      `UPDATE \`${shard.tables.orderDetails}\` SET \`closed_at\` = UTC_TIMESTAMP(3) WHERE \`order_id\` = ?`,
      [orderId],
    );
    await releaseOffer(transaction, shard, orderId);
    await this.stories.append(transaction, shard, { orderId, kind: 'order.closed' });
    await tellOfOrder(transaction, shard, orderId, 'recharge.closed');
    return true;
  }
}
