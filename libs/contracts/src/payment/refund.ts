import { z } from 'zod';
import { id, instant, micros } from '../fields.js';
import { channelName } from './recharge.js';

/** `REQUESTED → PROCESSING → SUCCEEDED | FAILED`; stays PROCESSING while nobody knows what the channel did. */
export const refundState = z.enum(['REQUESTED', 'PROCESSING', 'SUCCEEDED', 'FAILED']);
export type RefundState = z.output<typeof refundState>;

/**
 * `merchant`: asked for by the merchant, out of the wallet. `duplicate`: the second payment of one order, given back by
 * itself. `conflict`: a payment that was not as asked, given back by an operator. The last two never were in a wallet.
 */
export const refundKind = z.enum(['merchant', 'duplicate', 'conflict']);
export type RefundKind = z.output<typeof refundKind>;

/** Why a refund can't go on by itself, or why it failed. */
export const refundProblem = z.enum([
  'INSUFFICIENT_WALLET_BALANCE',
  /** Our account at the channel has too little: it is tried again; an operator should fill it up. */
  'INSUFFICIENT_SELLER_BALANCE',
  /** The channel refunds for a limited time only (Alipay 12 months by default, WeChat one year). */
  'TOO_OLD',
  /** The channel can't give the money back where it came from (closed bank card): an operator must pay another way. */
  'ABNORMAL',
  'REFUSED_BY_CHANNEL',
  'CLOSED_BY_CHANNEL',
]);
export type RefundProblem = z.output<typeof refundProblem>;

export const refund = z.object({
  /** The channel's `out_request_no` or `out_refund_no`. */
  id,
  rechargeId: id,
  attemptId: id,
  merchantId: id,
  kind: refundKind,
  state: refundState,
  amount: micros,
  /** What of the recharge's bonus is taken back with it. */
  bonusAmount: micros,
  reason: z.string(),
  channel: channelName,
  channelRefundNo: z.string().nullable(),
  problem: refundProblem.nullable(),
  /** The problem in words, for a person. */
  problemMessage: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  succeededAt: instant.nullable(),
});
export type Refund = z.output<typeof refund>;
