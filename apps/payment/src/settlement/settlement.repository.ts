import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import type { PaidTrade } from '#libs/payments';
import type { OrderShard } from '../orders/order-shards.js';
import { ATTEMPT_TRANSITIONS, sourcesOf } from '../orders/order-states.js';

export interface LockedAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly channel: payment.ChannelName;
  readonly state: payment.AttemptState;
  readonly orderState: payment.OrderState;
  readonly amount: bigint;
  readonly channelTradeNo: string | null;
}

interface LockedAttemptRow {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly channel: payment.ChannelName;
  readonly state: payment.AttemptState;
  readonly order_state: payment.OrderState;
  readonly amount: string;
  readonly channel_trade_no: string | null;
}

/** The SQL that settles an attempt; each method runs inside the settlement's transaction. */
@Injectable()
export class SettlementRepository {
  /** Both rows are locked: whatever else is told about this attempt waits until this is decided. */
  async lockAttempt(
    transaction: Transaction,
    { tables }: OrderShard,
    attemptId: string,
  ): Promise<LockedAttempt | null> {
    const [row] = await transaction.query<LockedAttemptRow>(
      `SELECT \`a\`.\`id\`, \`a\`.\`order_id\`, \`a\`.\`merchant_id\`, \`a\`.\`channel\`, \`a\`.\`state\`, \`a\`.\`amount\`, \`a\`.\`channel_trade_no\`, \`o\`.\`state\` AS \`order_state\`
         FROM \`${tables.attempts}\` AS \`a\` JOIN \`${tables.orders}\` AS \`o\` ON \`o\`.\`id\` = \`a\`.\`order_id\`
        WHERE \`a\`.\`id\` = ? FOR UPDATE`,
      [attemptId],
    );
    if (!row) return null;
    return {
      id: row.id,
      orderId: row.order_id,
      merchantId: row.merchant_id,
      channel: row.channel,
      state: row.state,
      orderState: row.order_state,
      amount: BigInt(row.amount),
      channelTradeNo: row.channel_trade_no,
    };
  }

  async markSucceeded(
    transaction: Transaction,
    { tables }: OrderShard,
    attempt: LockedAttempt,
    trade: PaidTrade,
  ): Promise<void> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.attempts}\` SET \`state\` = 'SUCCEEDED', \`channel_trade_no\` = ?, \`paid_amount\` = ?, \`paid_at\` = ?, \`next_query_at\` = NULL, \`updated_at\` = UTC_TIMESTAMP(3)
        WHERE \`id\` = ? AND \`state\` IN (?)`,
      [
        trade.channelTradeNo,
        trade.amount,
        trade.paidAt,
        attempt.id,
        sourcesOf(ATTEMPT_TRANSITIONS, 'SUCCEEDED'),
      ],
    );
    if (affectedRows !== 1)
      throw new Error(`Attempt ${attempt.id} could not become SUCCEEDED from ${attempt.state}`);
    await transaction.write(
      `UPDATE \`${tables.orderDetails}\` SET \`paid_at\` = ?, \`attempt_id\` = ? WHERE \`order_id\` = ?`,
      [trade.paidAt, attempt.id, attempt.orderId],
    );
  }

  async markConflicted(
    transaction: Transaction,
    { tables }: OrderShard,
    attempt: LockedAttempt,
    trade: PaidTrade,
    reason: string,
  ): Promise<void> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.attempts}\` SET \`state\` = 'CONFLICTED', \`channel_trade_no\` = ?, \`paid_amount\` = ?, \`paid_at\` = ?, \`conflict_reason\` = ?, \`next_query_at\` = NULL, \`updated_at\` = UTC_TIMESTAMP(3)
        WHERE \`id\` = ? AND \`state\` IN (?)`,
      [
        trade.channelTradeNo,
        trade.amount,
        trade.paidAt,
        reason.slice(0, 500),
        attempt.id,
        sourcesOf(ATTEMPT_TRANSITIONS, 'CONFLICTED'),
      ],
    );
    if (affectedRows !== 1)
      throw new Error(`Attempt ${attempt.id} could not become CONFLICTED from ${attempt.state}`);
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
    await transaction.write(
      `UPDATE \`${tables.orderDetails}\` SET \`closed_at\` = UTC_TIMESTAMP(3) WHERE \`order_id\` = ?`,
      [attempt.orderId],
    );
  }
}
