/** The channels that keep their trades in this book. */
export const CHANNEL_NAMES = ['alipay', 'wechat'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Where the buyer pays: Alipay's three ways, then WeChat Pay's. */
export type PayMethod = 'page' | 'wap' | 'qr' | 'native' | 'h5' | 'jsapi' | 'app';

/**
 * What the channel itself knows of a trade, in no channel's own words. `FINISHED` is paid and beyond any refund; `CLOSED`
 * was never paid in time, or was closed by the merchant.
 */
export type TradeState = 'WAITING' | 'PAID' | 'FINISHED' | 'CLOSED';

/** What the merchant asked for. */
export interface TradeTerms {
  readonly channel: ChannelName;
  /** Whose trade it is: the application at Alipay, the merchant at WeChat Pay. */
  readonly account: string;
  /** The merchant's number for it. */
  readonly outTradeNo: string;
  readonly method: PayMethod;
  readonly amountFen: bigint;
  readonly subject: string;
  readonly body?: string;
  /** Handed back to the merchant unread, in every notify. */
  readonly passback?: string;
  readonly notifyUrl?: string;
  readonly returnUrl?: string;
  readonly expiresAt: number;
}

/** A trade at the channel. Only the book changes it; times are milliseconds since 1970. */
export interface Trade extends TradeTerms {
  /** Order of creation, from 1. */
  readonly sequence: number;
  /** The channel's number for it. */
  readonly tradeNo: string;
  /** Unguessable address of its cashier page. */
  readonly cashierToken: string;
  readonly createdAt: number;
  state: TradeState;
  paidAt?: number;
  /** What the buyer really paid: `amountFen`, unless trouble was ordered. */
  paidFen?: bigint;
  closedAt?: number;
  closedBy?: 'merchant' | 'expiry';
  /** Queries of the merchant for it since this process began. */
  queries: number;
}

export function isPaid(trade: Trade): boolean {
  return trade.state === 'PAID' || trade.state === 'FINISHED';
}

/** The amount that the channel reports: what was paid once it is paid, what was asked before. */
export function reportedFen(trade: Trade): bigint {
  return trade.paidFen ?? trade.amountFen;
}
