import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import type { PaidTrade } from '#libs/payments';
import type { OrderShard } from '../orders/order-shards.js';
import { sourcesOf } from '#libs/states';
import { ATTEMPT_TRANSITIONS } from '../orders/order-states.js';

export interface LockedAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly channel: payment.ChannelName;
  readonly accountId: string;
  readonly method: payment.PayMethod;
  readonly state: payment.AttemptState;
  readonly orderState: payment.OrderState;
  readonly amount: bigint;
  readonly channelTradeNo: string | null;
  /** Fixed in the order with its offer. */
  readonly bonus: bigint;
}

interface LockedAttemptRow {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly channel: payment.ChannelName;
  readonly account_id: string;
  readonly method: payment.PayMethod;
  readonly state: payment.AttemptState;
  readonly order_state: payment.OrderState;
  readonly amount: string;
  readonly channel_trade_no: string | null;
  readonly bonus_amount: string;
}

/** What is stored of a payment, whatever becomes of it. */
export interface Payment {
  readonly trade: PaidTrade;
  /** What the channel keeps, as far as we know before its bill. */
  readonly fee: bigint;
  /** Null when the number belongs to another attempt already. */
  readonly channelTradeNo: string | null;
}

/** The SQL that settles an attempt; each method runs inside the settlement's transaction. */
@Injectable()
export class SettlementRepository {
  /** Attempt and order are locked: whatever else is told about this order waits until this is decided. */
  async lockAttempt(
    transaction: Transaction,
    { tables }: OrderShard,
    attemptId: string,
  ): Promise<LockedAttempt | null> {
    const [row] = await transaction.query<LockedAttemptRow>(
      `SELECT \`a\`.\`id\`, \`a\`.\`order_id\`, \`a\`.\`merchant_id\`, \`a\`.\`channel\`, \`a\`.\`account_id\`, \`a\`.\`method\`, \`a\`.\`state\`, \`a\`.\`amount\`, \`a\`.\`channel_trade_no\`, \`o\`.\`state\` AS \`order_state\`, \`d\`.\`bonus_amount\`
         FROM \`${tables.attempts}\` AS \`a\`
         JOIN \`${tables.orders}\` AS \`o\` ON \`o\`.\`id\` = \`a\`.\`order_id\`
         JOIN \`${tables.orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`a\`.\`order_id\`
        WHERE \`a\`.\`id\` = ? FOR UPDATE`,
      [attemptId],
    );
    if (!row) return null;
    return {
      id: row.id,
      orderId: row.order_id,
      merchantId: row.merchant_id,
      channel: row.channel,
      accountId: row.account_id,
      method: row.method,
      state: row.state,
      orderState: row.order_state,
      amount: BigInt(row.amount),
      channelTradeNo: row.channel_trade_no,
      bonus: BigInt(row.bonus_amount),
    };
  }

  /** The attempt of this shard that a trade number is booked with; null when it is free or this attempt's own. */
  async tradeBookedBy(
    transaction: Transaction,
    { tables }: OrderShard,
    attempt: LockedAttempt,
    channelTradeNo: string,
  ): Promise<string | null> {
    const [row] = await transaction.query<{ id: string }>(
      `SELECT \`id\` FROM \`${tables.attempts}\` WHERE \`channel\` = ? AND \`channel_trade_no\` = ? AND \`id\` <> ?`,
      [attempt.channel, channelTradeNo, attempt.id],
    );
    return row?.id ?? null;
  }

  async markSucceeded(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    payment: Payment,
    late: boolean,
  ): Promise<void> {
    const { tables } = shard;
    await this.markPaid(transaction, shard, attempt, 'SUCCEEDED', payment, null);
    await transaction.write(
      `UPDATE \`${tables.orderDetails}\` SET \`paid_at\` = ?, \`attempt_id\` = ?, \`method\` = ?, \`paid_late\` = ? WHERE \`order_id\` = ?`,
      [payment.trade.paidAt, attempt.id, attempt.method, late, attempt.orderId],
    );
    await transaction.write(`UPDATE \`${tables.orders}\` SET \`channel\` = ? WHERE \`id\` = ?`, [
      attempt.channel,
      attempt.orderId,
    ]);
    // What else the buyer has open could be paid a second time: it is closed as soon as the sweep gets to it.
    await transaction.write(
      `UPDATE \`${tables.attempts}\` SET \`next_query_at\` = UTC_TIMESTAMP(3) WHERE \`order_id\` = ? AND \`state\` IN ('CREATED', 'PENDING')`,
      [attempt.orderId],
    );
  }

  /** The buyer's money is there, under one of the names that an attempt can have then. */
  async markPaid(
    transaction: Transaction,
    { tables }: OrderShard,
    attempt: LockedAttempt,
    to: 'SUCCEEDED' | 'CONFLICTED' | 'DUPLICATED',
    { trade, fee, channelTradeNo }: Payment,
    conflictReason: string | null,
  ): Promise<void> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.attempts}\` SET \`state\` = ?, \`channel_trade_no\` = ?, \`paid_amount\` = ?, \`fee\` = ?, \`paid_at\` = ?, \`conflict_reason\` = ?, \`next_query_at\` = NULL, \`updated_at\` = UTC_TIMESTAMP(3)
        WHERE \`id\` = ? AND \`state\` IN (?)`,
      [
        to,
        channelTradeNo,
        trade.amount,
        fee,
        trade.paidAt,
        conflictReason?.slice(0, 500) ?? null,
        attempt.id,
        sourcesOf(ATTEMPT_TRANSITIONS, to),
      ],
    );
    if (affectedRows !== 1)
      throw new Error(`Attempt ${attempt.id} could not become ${to} from ${attempt.state}`);
  }

  /** @param lastLookAt when to ask the channel once more, although we take the attempt for closed. */
  async markClosed(
    transaction: Transaction,
    { tables }: OrderShard,
    attempt: LockedAttempt,
    lastLookAt: Date,
  ): Promise<void> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.attempts}\` SET \`state\` = 'CLOSED', \`next_query_at\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
      [lastLookAt, attempt.id, sourcesOf(ATTEMPT_TRANSITIONS, 'CLOSED')],
    );
    if (affectedRows !== 1)
      throw new Error(`Attempt ${attempt.id} could not become CLOSED from ${attempt.state}`);
  }
}
