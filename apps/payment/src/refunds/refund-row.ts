import type { payment } from '#libs/contracts';
import type { OrderShard } from '../orders/order-shards.js';

/** A refund as the database gives it. */
export interface RefundRow {
  readonly id: string;
  readonly order_id: string;
  readonly attempt_id: string;
  readonly merchant_id: string;
  readonly kind: payment.RefundKind;
  readonly state: payment.RefundState;
  readonly channel: payment.ChannelName;
  readonly account_id: string;
  readonly amount: string;
  readonly bonus_amount: string;
  readonly reason: string;
  readonly request_hash: Buffer;
  readonly hold_transfer_id: string | null;
  readonly channel_refund_no: string | null;
  readonly problem: payment.RefundProblem | null;
  readonly problem_message: string | null;
  readonly call_count: number;
  /** What the attempt was paid with. */
  readonly paid_amount: string | null;
  readonly succeeded_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** `SELECT … FROM …` of a `RefundRow`; the refund is `r`, the attempt that it gives back is `a`. */
export function selectRefunds({ tables }: OrderShard): string {
  return `SELECT \`r\`.\`id\`, \`r\`.\`order_id\`, \`r\`.\`attempt_id\`, \`r\`.\`merchant_id\`, \`r\`.\`kind\`, \`r\`.\`state\`, \`r\`.\`channel\`, \`r\`.\`account_id\`, \`r\`.\`amount\`, \`r\`.\`bonus_amount\`, \`r\`.\`reason\`, \`r\`.\`request_hash\`, \`r\`.\`hold_transfer_id\`, \`r\`.\`channel_refund_no\`, \`r\`.\`problem\`, \`r\`.\`problem_message\`, \`r\`.\`call_count\`, \`r\`.\`succeeded_at\`, \`r\`.\`created_at\`, \`r\`.\`updated_at\`, \`a\`.\`paid_amount\`
    FROM \`${tables.refunds}\` AS \`r\` JOIN \`${tables.attempts}\` AS \`a\` ON \`a\`.\`id\` = \`r\`.\`attempt_id\``;
}

export function refundOf(row: RefundRow): payment.Refund {
  return {
    id: row.id,
    rechargeId: row.order_id,
    attemptId: row.attempt_id,
    merchantId: row.merchant_id,
    kind: row.kind,
    state: row.state,
    amount: BigInt(row.amount),
    bonusAmount: BigInt(row.bonus_amount),
    reason: row.reason,
    channel: row.channel,
    channelRefundNo: row.channel_refund_no,
    problem: row.problem,
    problemMessage: row.problem_message,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    succeededAt: row.succeeded_at,
  };
}
