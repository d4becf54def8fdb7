import type { payment } from '#libs/contracts';

/** What a channel can do, as data: callers ask this instead of knowing channels by name. */
export interface ChannelCapabilities {
  readonly methods: Readonly<Partial<Record<payment.PayMethod, MethodCapabilities>>>;
  /** In micro-yuan, inclusive. */
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
}

export interface MethodCapabilities {
  /** True when `prepay` asks the channel over the network; false when it only signs. */
  readonly callsChannel: boolean;
}

export interface PrepayRequest {
  /** Ours, never reused: the attempt's id. */
  readonly outTradeNo: string;
  readonly method: payment.PayMethod;
  /** Micro-yuan; whole fen. */
  readonly amount: bigint;
  readonly subject: string;
  /** The channel itself refuses payment after this, which is what makes "expired" provable. */
  readonly expiresAt: Date;
  readonly notifyUrl: string;
  readonly returnUrl: string;
}

/** How the buyer gets to the channel: one of the two is set. */
export interface PayCredential {
  readonly payUrl: string | null;
  readonly codeUrl: string | null;
}

/** What the channel says of a trade, asked or told. */
export type ChannelTrade =
  | PaidTrade
  /** Known and open: the buyer may still pay. */
  | { readonly state: 'WAITING' }
  /** Never to be paid any more (or, where the channel uses one word for both, fully refunded). */
  | { readonly state: 'CLOSED' }
  /** The channel knows no such trade. Before the trade's own expiry this is no proof that it will never be paid. */
  | { readonly state: 'NOT_FOUND' };

export interface PaidTrade {
  readonly state: 'PAID';
  readonly channelTradeNo: string;
  /** Micro-yuan: what the buyer was asked for and paid. */
  readonly amount: bigint;
  readonly paidAt: Date;
}

/** A notify as it came in. */
export interface RawNotify {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type NotifyVerdict =
  | {
      readonly accepted: true;
      readonly outTradeNo: string;
      readonly trade: ChannelTrade;
      /** Signed by the channel, but not about our account: which of app and seller differ, in words. */
      readonly mismatches: readonly string[];
    }
  | { readonly accepted: false; readonly reason: NotifyRefusal; readonly message: string };

export type NotifyRefusal = 'MALFORMED' | 'BAD_SIGNATURE';

/** What to answer a channel, word for word. */
export interface NotifyReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * One account at one payment channel. Stateless: everything it needs is in its configuration and its arguments, so
 * one instance serves all requests.
 *
 * Promised: amounts are exact or refused; a method that calls the channel rejects with `ChannelError` and nothing else.
 * Not promised: that a call which rejected with `UNKNOWN` did nothing.
 */
export interface PaymentChannel {
  readonly name: payment.ChannelName;
  readonly capabilities: ChannelCapabilities;
  /** Starts a trade. Repeating it with the same request is harmless. */
  prepay(request: PrepayRequest): Promise<PayCredential>;
  query(outTradeNo: string): Promise<ChannelTrade>;
  /** Closes an unpaid trade. The answer is the trade's state after the call: a payment that was faster wins. */
  close(outTradeNo: string): Promise<ChannelTrade>;
  /** Pure: no network, no clock but the one that the protocol demands. */
  verifyNotify(notify: RawNotify): NotifyVerdict;
  /** The answer after which the channel stops notifying. Only after the commit. */
  readonly notifyAccepted: NotifyReply;
  /** The answer after which it tries again, by its own ladder. */
  notifyRefused(message: string): NotifyReply;
  /** What the channel keeps of a payment, in micro-yuan, by the contract's rate; the daily bill has the last word. */
  feeOf(amount: bigint): bigint;
}
