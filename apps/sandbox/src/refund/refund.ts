import type { ChannelName } from '../trade/trade.js';

/**
 * What the channel knows of a refund, in no channel's own words. `ABNORMAL`: the money left the merchant and could not be
 * handed to the buyer; somebody has to look at it. `CLOSED`: nothing went back, the money is the merchant's again.
 */
export const REFUND_STATES = ['PROCESSING', 'SUCCEEDED', 'ABNORMAL', 'CLOSED'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

/** What the merchant asked for. */
export interface RefundTerms {
  readonly channel: ChannelName;
  readonly outTradeNo: string;
  /** The merchant's number for it: the key of its idempotency. */
  readonly outRefundNo: string;
  readonly amountFen: bigint;
  readonly reason?: string;
  readonly notifyUrl?: string;
}

/** A refund at the channel. Only the book changes it; times are milliseconds since 1970. */
export interface Refund extends RefundTerms {
  /** Order of creation, from 1. */
  readonly sequence: number;
  /** The channel's number for it. */
  readonly refundNo: string;
  createdAt: number;
  state: RefundState;
  /** When it ends by itself; `null` when only the control API ends it. */
  readonly settlesAt: number | null;
  /** What it ends as. */
  readonly settlesAs: Exclude<RefundState, 'PROCESSING'>;
  settledAt?: number;
}
