import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { sourcesOf } from '#libs/states';
import { REFUND_TRANSITIONS } from '../orders/order-states.js';
import { type RefundRow, selectRefunds } from './refund-row.js';

/** A credited order under its lock, with what was asked of it before. */
export interface RefundableOrder {
  readonly merchantId: string;
  readonly state: payment.OrderState;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly refunding: bigint;
  readonly bonus: bigint;
  readonly clawedBack: bigint;
  /** The attempt that paid it. */
  readonly attemptId: string;
  readonly channel: payment.ChannelName;
  readonly accountId: string;
}

interface RefundableRow {
  readonly merchant_id: string;
  readonly state: payment.OrderState;
  readonly amount: string;
  readonly refunded_amount: string;
  readonly refunding_amount: string;
  readonly bonus_amount: string;
  readonly clawed_back_amount: string;
  readonly attempt_id: string;
  readonly channel: payment.ChannelName;
  readonly account_id: string;
}

/** The longest pause between two questions about one refund. */
const MAX_PAUSE_SECONDS = 600;

/** All SQL about refunds of one order; every statement touches one shard. */
@Injectable()
export class RefundRepository {
  constructor(private readonly shards: OrderShards) {}

  async lockOrder(
    transaction: Transaction,
    { tables }: OrderShard,
    orderId: string,
  ): Promise<RefundableOrder | null> {
    const [row] = await transaction.query<RefundableRow>(
      `SELECT \`o\`.\`merchant_id\`, \`o\`.\`state\`, \`d\`.\`amount\`, \`d\`.\`refunded_amount\`, \`d\`.\`refunding_amount\`, \`d\`.\`bonus_amount\`, \`d\`.\`clawed_back_amount\`, \`d\`.\`attempt_id\`, \`a\`.\`channel\`, \`a\`.\`account_id\`
         FROM \`${tables.orders}\` AS \`o\`
         JOIN \`${tables.orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
         JOIN \`${tables.attempts}\` AS \`a\` ON \`a\`.\`id\` = \`d\`.\`attempt_id\`
        WHERE \`o\`.\`id\` = ? FOR UPDATE`,
      [orderId],
    );
    return row
      ? {
          merchantId: row.merchant_id,
          state: row.state,
          amount: BigInt(row.amount),
          refunded: BigInt(row.refunded_amount),
          refunding: BigInt(row.refunding_amount),
          bonus: BigInt(row.bonus_amount),
          clawedBack: BigInt(row.clawed_back_amount),
          attemptId: row.attempt_id,
          channel: row.channel,
          accountId: row.account_id,
        }
      : null;
  }

  async findByKey(
    transaction: Transaction,
    shard: OrderShard,
    orderId: string,
    idempotencyKey: string,
  ): Promise<RefundRow | null> {
    const [row] = await transaction.query<RefundRow>(
      `${selectRefunds(shard)} WHERE \`r\`.\`order_id\` = ? AND \`r\`.\`idempotency_key\` = ?`,
      [orderId, idempotencyKey],
    );
    return row ?? null;
  }

  async findById(refundId: string): Promise<RefundRow | null> {
    const shard = this.shards.ofId(refundId);
    const [row] = await shard.database.query<RefundRow>(`${selectRefunds(shard)} WHERE \`r\`.\`id\` = ?`, [
      refundId,
    ]);
    return row ?? null;
  }

  async findOrderState(orderId: string): Promise<payment.OrderState | null> {
    const { database, tables } = this.shards.ofId(orderId);
    const [row] = await database.query<{ state: payment.OrderState }>(
      `SELECT \`state\` FROM \`${tables.orders}\` WHERE \`id\` = ?`,
      [orderId],
    );
    return row?.state ?? null;
  }

  /** Oldest first. */
  async listOfOrder(orderId: string): Promise<RefundRow[]> {
    const shard = this.shards.ofId(orderId);
    return shard.database.query<RefundRow>(
      `${selectRefunds(shard)} WHERE \`r\`.\`order_id\` = ? ORDER BY \`r\`.\`id\``,
      [orderId],
    );
  }

  /** Promises a part of the order's amount, and of its bonus, to a refund; or gives it back (negative). */
  async reserve(
    transaction: Transaction,
    { tables }: OrderShard,
    orderId: string,
    amount: bigint,
    bonus: bigint,
  ): Promise<void> {
    await transaction.write(
      `UPDATE \`${tables.orderDetails}\` SET \`refunding_amount\` = \`refunding_amount\` + ?, \`clawed_back_amount\` = \`clawed_back_amount\` + ? WHERE \`order_id\` = ?`,
      [amount, bonus, orderId],
    );
  }

  /** What was promised is given back for good. */
  async book(
    transaction: Transaction,
    { tables }: OrderShard,
    orderId: string,
    amount: bigint,
  ): Promise<void> {
    await transaction.write(
      `UPDATE \`${tables.orderDetails}\` SET \`refunding_amount\` = \`refunding_amount\` - ?, \`refunded_amount\` = \`refunded_amount\` + ? WHERE \`order_id\` = ?`,
      [amount, amount, orderId],
    );
  }

  /** @returns false when the transition table does not let it: somebody else was faster. */
  async move(
    transaction: Transaction,
    { tables }: OrderShard,
    refundId: string,
    to: payment.RefundState,
    more: {
      readonly holdTransferId?: string | null;
      readonly channelRefundNo?: string | null;
      readonly succeededAt?: Date | null;
      readonly problem?: payment.RefundProblem | null;
      readonly message?: string | null;
      readonly dueInMs: number | null;
      /** Only from this of the states from which it can be reached. */
      readonly from?: payment.RefundState | undefined;
    },
  ): Promise<boolean> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.refunds}\` SET \`state\` = ?, \`hold_transfer_id\` = COALESCE(?, \`hold_transfer_id\`), \`channel_refund_no\` = COALESCE(?, \`channel_refund_no\`), \`succeeded_at\` = ?, \`problem\` = ?, \`problem_message\` = ?, \`next_action_at\` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, \`updated_at\` = UTC_TIMESTAMP(3)
        WHERE \`id\` = ? AND \`state\` IN (?)`,
      [
        to,
        more.holdTransferId ?? null,
        more.channelRefundNo ?? null,
        more.succeededAt ?? null,
        more.problem ?? null,
        more.message?.slice(0, 300) ?? null,
        // NULL stays NULL: nothing is due any more.
        more.dueInMs === null ? null : more.dueInMs * 1_000,
        refundId,
        sourcesOf(REFUND_TRANSITIONS, to).filter((state) => (more.from ?? state) === state),
      ],
    );
    return affectedRows === 1;
  }

  /** It waits, and perhaps for somebody. */
  async noteProblem(
    refundId: string,
    problem: payment.RefundProblem | null,
    message: string | null,
  ): Promise<void> {
    const { database, tables } = this.shards.ofId(refundId);
    await database.write(
      `UPDATE \`${tables.refunds}\` SET \`problem\` = ?, \`problem_message\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` = 'PROCESSING'`,
      [problem, message?.slice(0, 300) ?? null, refundId],
    );
  }

  /** Somebody has said that something happened to it: the next round asks the channel. @returns false once it has ended. */
  async askSoon(refundId: string): Promise<boolean> {
    const { database, tables } = this.shards.ofId(refundId);
    const { affectedRows } = await database.write(
      `UPDATE \`${tables.refunds}\` SET \`next_action_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN ('REQUESTED', 'PROCESSING')`,
      [refundId],
    );
    return affectedRows === 1;
  }

  /** Counts a question to the channel before it is put: after a crash we know that it may have been. */
  async countCall(refundId: string): Promise<void> {
    const { database, tables } = this.shards.ofId(refundId);
    await database.write(
      `UPDATE \`${tables.refunds}\` SET \`call_count\` = \`call_count\` + 1 WHERE \`id\` = ?`,
      [refundId],
    );
  }

  /** The wallet has booked the refund's end. @returns false when there is no such refund here. */
  async markSettled(
    transaction: Transaction,
    { tables }: OrderShard,
    refundId: string,
    transferId: string,
  ): Promise<boolean> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.refunds}\` SET \`settle_transfer_id\` = ?, \`next_action_at\` = NULL, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN ('SUCCEEDED', 'FAILED')`,
      [transferId, refundId],
    );
    return affectedRows === 1;
  }

  /**
   * Takes refunds that something is due for, by setting first when it is due again: twice as long each time. Rows that
   * another replica is taking are skipped.
   */
  async claimDue(shard: OrderShard, firstPauseMs: number, limit: number): Promise<RefundRow[]> {
    const { refunds } = shard.tables;
    return shard.database.transaction(async (transaction) => {
      const locked = await transaction.query<{ id: string }>(
        `SELECT \`id\` FROM \`${refunds}\` WHERE \`next_action_at\` <= UTC_TIMESTAMP(3) ORDER BY \`next_action_at\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      const ids = locked.map(({ id }) => id);
      if (ids.length === 0) return [];
      await transaction.write(
        `UPDATE \`${refunds}\` SET \`next_action_at\` = UTC_TIMESTAMP(3) + INTERVAL LEAST(?, ? * POW(2, LEAST(\`call_count\`, 20))) MICROSECOND WHERE \`id\` IN (?)`,
        [MAX_PAUSE_SECONDS * 1_000_000, firstPauseMs * 1_000, ids],
      );
      return transaction.query<RefundRow>(`${selectRefunds(shard)} WHERE \`r\`.\`id\` IN (?)`, [ids]);
    });
  }
}
