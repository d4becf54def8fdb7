import type { payment } from '#libs/contracts';
import type { ChannelTransfers } from './channel-transfers.js';

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
  /** What a prepay by this method must say of the buyer; nothing by default. */
  readonly needs?: readonly ('payerOpenId' | 'payerAddress')[];
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
  /** `jsapi`: who the buyer is to our application there. */
  readonly payerOpenId?: string | undefined;
  /** `h5`: the buyer's IP address. */
  readonly payerAddress?: string | undefined;
}

/** How the buyer gets to the channel: one of the three is set. */
export interface PayCredential {
  /** Opened by the buyer's browser. */
  readonly payUrl: string | null;
  /** Shown as a QR code. */
  readonly codeUrl: string | null;
  /** Handed to `WeixinJSBridge`, ready signed. */
  readonly jsapiParameters: Readonly<Record<string, string>> | null;
}

export interface RefundRequest {
  readonly outTradeNo: string;
  /** Ours, never reused, and never changed for one refund: the channel gives the money back once per number. */
  readonly outRefundNo: string;
  /** Micro-yuan; whole fen. */
  readonly amount: bigint;
  /** What the trade was paid with, micro-yuan. */
  readonly totalAmount: bigint;
  readonly reason: string;
  readonly notifyUrl: string;
}

/** What the channel says of a refund, asked or told. */
export type ChannelRefund =
  | {
      readonly state: 'SUCCEEDED';
      /** Null where the channel gives refunds no number of its own. */
      readonly channelRefundNo: string | null;
      /** Micro-yuan. */
      readonly amount: bigint;
      readonly refundedAt: Date;
    }
  /** Taken, and not decided: ask again. */
  | { readonly state: 'PROCESSING' }
  /** Will never be given back under this number; the money is still ours. */
  | { readonly state: 'FAILED'; readonly problem: payment.RefundProblem; readonly message: string }
  /** The channel can't give it back where it came from: somebody has to act there. Not an end. */
  | { readonly state: 'ABNORMAL'; readonly message: string }
  /** Not done for want of money in our account there: worth repeating under the same number. */
  | { readonly state: 'SHORT_OF_FUNDS'; readonly message: string }
  /** The channel knows no refund of that number. */
  | { readonly state: 'NOT_FOUND' };

/** One line of a day's bill. Amounts in micro-yuan, never negative. */
export interface BillLine {
  readonly kind: 'payment' | 'refund';
  readonly outTradeNo: string;
  readonly channelTradeNo: string;
  /** Of refunds. */
  readonly outRefundNo: string | null;
  readonly channelRefundNo: string | null;
  /** Paid, or given back. */
  readonly amount: bigint;
  /** What the channel kept of the payment; of a refund, what it gave back of that (as the bill has it, never negative). */
  readonly fee: bigint;
  readonly at: Date;
  /** The channel's own word for the line's state. */
  readonly status: string;
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
      readonly about: 'trade';
      readonly outTradeNo: string;
      readonly trade: ChannelTrade;
      /** Signed by the channel, but not about our account: which of app and seller differ, in words. */
      readonly mismatches: readonly string[];
    }
  | {
      readonly accepted: true;
      readonly about: 'refund';
      readonly outTradeNo: string;
      readonly outRefundNo: string;
      readonly refund: ChannelRefund;
      readonly mismatches: readonly string[];
    }
  | {
      readonly accepted: false;
      readonly reason: NotifyRefusal;
      readonly message: string;
      /** What the body says it is about, where that can be read at all: proven by nothing, good for a log line. */
      readonly claimedOutTradeNo: string | null;
    };

/**
 * `PROBE`: the channel tests whether we verify (WeChat's `SIGNTEST`). `STALE`: signed too long ago, so perhaps replayed.
 * `UNKNOWN_KEY`: signed with a key that none of our accounts knows. `UNDECRYPTABLE`: signed, but sealed for nobody here.
 */
export type NotifyRefusal =
  'MALFORMED' | 'BAD_SIGNATURE' | 'PROBE' | 'STALE' | 'UNKNOWN_KEY' | 'UNDECRYPTABLE';

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
  /** Which of our accounts at the channel this is, as the configuration names it. */
  readonly accountId: string;
  readonly capabilities: ChannelCapabilities;
  /** Payouts; null where the account has none. */
  readonly transfers: ChannelTransfers | null;
  /** Starts a trade. Repeating it with the same request is harmless. */
  prepay(request: PrepayRequest): Promise<PayCredential>;
  query(outTradeNo: string): Promise<ChannelTrade>;
  /** Closes an unpaid trade. The answer is the trade's state after the call: a payment that was faster wins. */
  close(outTradeNo: string): Promise<ChannelTrade>;
  /** Gives money back. Repeating it with the same request gives nothing twice. */
  refund(request: RefundRequest): Promise<ChannelRefund>;
  queryRefund(numbers: Pick<RefundRequest, 'outTradeNo' | 'outRefundNo'>): Promise<ChannelRefund>;
  /**
   * The lines of one day's bill, as they are downloaded, in memory that doesn't grow with the bill; verified (hash, where
   * the channel gives one) before the first line. Nothing for a day without trades.
   *
   * @param billDate `YYYY-MM-DD`, a day in Beijing.
   * @throws ChannelError `NOT_DONE` with code `BILL_NOT_READY` while the channel has not written it.
   */
  downloadBill(billDate: string): AsyncIterable<BillLine>;
  /** Pure: no network, no clock but the one that the protocol demands. */
  verifyNotify(notify: RawNotify): NotifyVerdict;
  /** The answer after which the channel stops notifying. Only after the commit. */
  readonly notifyAccepted: NotifyReply;
  /** The answer after which it tries again, by its own ladder. */
  notifyRefused(message: string): NotifyReply;
  /** What the channel keeps of a payment, in micro-yuan, by the contract's rate; the daily bill has the last word. */
  feeOf(amount: bigint): bigint;
}
