import type { payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import type { FoundDifference } from './difference.js';

/** Our side of a bill's line. Amounts in micro-yuan. */
export interface OurAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly accountId: string;
  readonly state: payment.AttemptState;
  readonly paidAmount: bigint | null;
  /** What we have booked as the channel's fee; null where we have booked none. */
  readonly fee: bigint | null;
}

export interface OurRefund {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly attemptId: string;
  readonly accountId: string;
  readonly state: payment.RefundState;
  readonly amount: bigint;
  /** What we have booked as given back of the payment's fee. */
  readonly fee: bigint;
}

/** A line of a bill with what we have of the same number. */
export interface MatchedLine {
  readonly accountId: string;
  readonly kind: 'payment' | 'refund';
  readonly outTradeNo: string;
  readonly outRefundNo: string | null;
  readonly channelTradeNo: string;
  readonly channelRefundNo: string | null;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly status: string;
  readonly attempt: OurAttempt | null;
  readonly refund: OurRefund | null;
}

/** Attempts whose money the channel has, whatever became of it here. */
export const PAID_STATES = [
  'SUCCEEDED',
  'DUPLICATED',
  'CONFLICTED',
] as const satisfies readonly payment.AttemptState[];
/** The words of a refund's line that say that nothing was given back (WeChat's `退款状态`). */
export const REFUND_PENDING_WORDS = ['PROCESSING'];
export const REFUND_FAILED_WORDS = ['FAIL', 'CHANGE', 'CLOSED', 'ABNORMAL'];

const isPaid = (state: payment.AttemptState) => (PAID_STATES as readonly string[]).includes(state);

/** In what a line of the bill differs from our book: nothing, one thing, or an amount and its fee. Pure. */
export function classifyLine(line: MatchedLine): FoundDifference[] {
  return line.kind === 'payment' ? classifyPayment(line) : classifyRefund(line);
}

function classifyPayment(line: MatchedLine): FoundDifference[] {
  const ours = line.attempt?.accountId === line.accountId ? line.attempt : null;
  const base = {
    subject: 'payment' as const,
    number: line.outTradeNo,
    ourNumber: line.outTradeNo,
    channelNumber: line.channelTradeNo,
    attemptId: ours?.id ?? null,
    refundId: null,
    orderId: ours?.orderId ?? null,
    merchantId: ours?.merchantId ?? null,
    ourState: ours?.state ?? null,
    channelAmount: line.amount,
    ourAmount: ours?.paidAmount ?? null,
    channelFee: line.fee,
    ourFee: ours?.fee ?? null,
  };
  if (!ours) {
    const explanation = line.attempt
      ? `${line.outTradeNo} is a payment of our account ${line.attempt.accountId}, not of this one`
      : `Nothing here has the number ${line.outTradeNo}`;
    return [{ ...base, kind: 'ONLY_AT_CHANNEL', explanation, next: 'OPERATOR' }];
  }
  if (!isPaid(ours.state)) {
    const explanation = `Paid at the channel; here the attempt is ${ours.state}: no notify has reached us`;
    return [{ ...base, kind: 'ONLY_AT_CHANNEL', explanation, next: 'REPAIR' }];
  }
  const found: FoundDifference[] = [];
  if (ours.paidAmount !== line.amount) {
    const explanation = `The bill says ${formatYuan(line.amount)} yuan, our book ${formatYuan(ours.paidAmount ?? 0n)}`;
    found.push({ ...base, kind: 'AMOUNT_DIFFERS', explanation, next: 'OPERATOR' });
  }
  if (ours.fee !== line.fee) found.push({ ...base, ...feeDiffers(line.fee, ours.fee) });
  return found;
}

function feeDiffers(channelFee: bigint, ourFee: bigint | null) {
  const explanation = `The bill says a fee of ${formatYuan(channelFee)} yuan, our book ${formatYuan(ourFee ?? 0n)}`;
  return { kind: 'FEE_DIFFERS', explanation, next: 'REPAIR' } as const;
}

function classifyRefund(line: MatchedLine): FoundDifference[] {
  const ours = line.refund?.accountId === line.accountId ? line.refund : null;
  const payment = line.attempt?.accountId === line.accountId ? line.attempt : null;
  const base = {
    subject: 'refund' as const,
    number: line.outRefundNo ?? line.channelRefundNo ?? line.channelTradeNo,
    ourNumber: line.outRefundNo,
    channelNumber: line.channelRefundNo ?? line.channelTradeNo,
    attemptId: ours?.attemptId ?? payment?.id ?? null,
    refundId: ours?.id ?? null,
    orderId: ours?.orderId ?? payment?.orderId ?? null,
    merchantId: ours?.merchantId ?? payment?.merchantId ?? null,
    ourState: ours?.state ?? null,
    channelAmount: line.amount,
    ourAmount: ours?.amount ?? null,
    channelFee: line.fee,
    ourFee: ours?.fee ?? null,
  };
  if (REFUND_FAILED_WORDS.includes(line.status)) return refundFailedThere(base, ours, line);
  if (!ours) {
    const explanation = payment
      ? `The channel has given back ${formatYuan(line.amount)} yuan of ${line.outTradeNo} by a refund that we never asked for`
      : `Nothing here has the number ${base.number}`;
    return [{ ...base, kind: 'ONLY_AT_CHANNEL', explanation, next: 'OPERATOR' }];
  }
  const found: FoundDifference[] = [];
  const isPending = REFUND_PENDING_WORDS.includes(line.status);
  if (ours.state !== 'SUCCEEDED' && !isPending) {
    const explanation = `Given back at the channel; here the refund is ${ours.state}`;
    const next = ours.state === 'FAILED' ? 'OPERATOR' : 'REPAIR';
    found.push({ ...base, kind: 'STATE_DIFFERS', explanation, next });
  }
  if (ours.amount !== line.amount) {
    const explanation = `The bill says ${formatYuan(line.amount)} yuan, our book ${formatYuan(ours.amount)}`;
    found.push({ ...base, kind: 'AMOUNT_DIFFERS', explanation, next: 'OPERATOR' });
  }
  if (ours.fee !== line.fee) found.push({ ...base, ...feeDiffers(line.fee, ours.fee) });
  return found;
}

function refundFailedThere(
  base: Omit<FoundDifference, 'kind' | 'explanation' | 'next'>,
  ours: OurRefund | null,
  line: MatchedLine,
): FoundDifference[] {
  // Not given back there, and not (yet) taken for given back here: the refund itself goes on asking.
  if (ours?.state !== 'SUCCEEDED') return [];
  const explanation = `The bill says ${line.status}; here the refund has succeeded`;
  return [{ ...base, kind: 'STATE_DIFFERS', explanation, next: 'OPERATOR' }];
}
