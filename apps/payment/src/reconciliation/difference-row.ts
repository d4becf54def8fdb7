import type { payment } from '#libs/contracts';
import { actionsFor } from './difference-actions.js';
import type { StoredDifference } from './difference.js';

export interface DifferenceRow {
  readonly id: string;
  readonly reconciliation_id: string;
  readonly account_id: string;
  readonly channel: payment.ChannelName;
  readonly bill_date: string;
  readonly kind: payment.DifferenceKind;
  readonly state: payment.DifferenceState;
  readonly subject: 'payment' | 'refund';
  readonly number: string;
  readonly our_number: string | null;
  readonly channel_number: string | null;
  readonly attempt_id: string | null;
  readonly refund_id: string | null;
  readonly order_id: string | null;
  readonly merchant_id: string | null;
  readonly our_state: string | null;
  readonly channel_amount: string | null;
  readonly our_amount: string | null;
  readonly channel_fee: string | null;
  readonly our_fee: string | null;
  readonly explanation: string;
  readonly reason: string | null;
  readonly settled_by: string | null;
  readonly approved_by: string | null;
  readonly settled_at: Date | null;
  readonly detected_at: Date;
  readonly check_count: number;
}

export const SELECT_DIFFERENCES = `SELECT \`id\`, \`reconciliation_id\`, \`account_id\`, \`channel\`, DATE_FORMAT(\`bill_date\`, '%Y-%m-%d') AS \`bill_date\`, \`kind\`, \`state\`, \`subject\`, \`number\`, \`our_number\`, \`channel_number\`,
    \`attempt_id\`, \`refund_id\`, \`order_id\`, \`merchant_id\`, \`our_state\`, \`channel_amount\`, \`our_amount\`, \`channel_fee\`, \`our_fee\`, \`explanation\`, \`reason\`, \`settled_by\`, \`approved_by\`, \`settled_at\`, \`detected_at\`, \`check_count\`
  FROM \`reconciliation_difference\``;

const amountOf = (text: string | null) => (text === null ? null : BigInt(text));

export function differenceOf(row: DifferenceRow): StoredDifference {
  return {
    id: row.id,
    reconciliationId: row.reconciliation_id,
    accountId: row.account_id,
    channel: row.channel,
    billDate: row.bill_date,
    kind: row.kind,
    state: row.state,
    subject: row.subject,
    number: row.number,
    ourNumber: row.our_number,
    channelNumber: row.channel_number,
    attemptId: row.attempt_id,
    refundId: row.refund_id,
    orderId: row.order_id,
    merchantId: row.merchant_id,
    ourState: row.our_state,
    channelAmount: amountOf(row.channel_amount),
    ourAmount: amountOf(row.our_amount),
    channelFee: amountOf(row.channel_fee),
    ourFee: amountOf(row.our_fee),
    explanation: row.explanation,
    reason: row.reason,
    settledBy: row.settled_by,
    approvedBy: row.approved_by,
    settledAt: row.settled_at,
    detectedAt: row.detected_at,
    checkCount: row.check_count,
  };
}

/** As operators see it. */
export function viewOf(difference: StoredDifference): payment.Difference {
  return {
    id: difference.id,
    reconciliationId: difference.reconciliationId,
    accountId: difference.accountId,
    channel: difference.channel,
    billDate: difference.billDate,
    kind: difference.kind,
    state: difference.state,
    subject: difference.subject,
    ourNumber: difference.ourNumber,
    channelNumber: difference.channelNumber,
    rechargeId: difference.orderId,
    merchantId: difference.merchantId,
    channelAmount: difference.channelAmount,
    ourAmount: difference.ourAmount,
    channelFee: difference.channelFee,
    ourFee: difference.ourFee,
    explanation: difference.explanation,
    actions: actionsFor(difference),
    reason: difference.reason,
    settledBy: difference.settledBy,
    approvedBy: difference.approvedBy,
    settledAt: difference.settledAt,
    detectedAt: difference.detectedAt,
  };
}
