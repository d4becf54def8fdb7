import type { PayCredential, PaymentChannel, RawNotify } from '../payment-channel.js';

/** What can be ordered to go wrong at the channel. */
export type Trouble =
  | 'refunds stay in process'
  | 'refunds are abnormal'
  | 'our account is short of funds'
  /** The channel does the next call's work and never answers it. */
  | 'no answer after the work'
  /** The channel refuses for the rate. */
  | 'overloaded'
  | 'the bill is not ready';

/** What can be ordered to go wrong with a transfer. */
export type TransferTrouble =
  | 'transfers stay in process'
  | 'our account is short of funds'
  /** The channel does the work of each call and answers none. */
  | 'no answer after the work';

/** What not every channel, or not every test bench of one, has. */
export type Need =
  | Trouble
  | TransferTrouble
  | 'refund notifies'
  | 'bills'
  | 'stale notifies'
  | 'transfers'
  | 'payees confirm'
  | 'transfers come back';

/** Somebody with an account at the channel. */
export interface Payee {
  /** What `TransferRequest.payeeAccount` says. */
  readonly account: string;
  /** As the channel knows it. */
  readonly name: string;
}

/** The payees' side of the tests. */
export interface TransferBench {
  /** One who has not been paid yet. */
  newPayee(): Promise<Payee>;
  /** An account that could be, and isn't. */
  readonly unknownAccount: string;
  /** What all transfers together have left with the payee, micro-yuan. */
  received(payee: Payee): Promise<bigint>;
  /** What the payee does in the channel's app. What can't be confirmed (any more) stays as it is. */
  confirm(outTransferNo: string): Promise<void>;
  /** The payee's bank sends back what was paid, days later. */
  giveBack(outTransferNo: string): Promise<void>;
  /** Begins trouble for one transfer, which need not be made yet, and ends it with the function that it gives. */
  make(trouble: TransferTrouble, outTransferNo: string): Promise<() => Promise<void>>;
}

/** What a payment made by the bench's buyer is. */
export interface TradeNumbers {
  readonly outTradeNo: string;
  readonly outRefundNo: string;
}

/** The channel's side of the tests: a simulator, or the channel's own sandbox, and a buyer. */
export interface ChannelBench {
  readonly channel: PaymentChannel;
  /** Null where the channel has no transfers. */
  readonly transfers: TransferBench | null;
  /** A number that no trade or refund had before. */
  newNumber(): string;
  /** What the buyer's app or browser does with a credential before paying: the trade exists at the channel after it. */
  open(outTradeNo: string, credential: PayCredential): Promise<void>;
  pay(outTradeNo: string): Promise<void>;
  /** Begins trouble for one trade, and ends it with the function that it gives. */
  make(trouble: Trouble, outTradeNo: string): Promise<() => Promise<void>>;
  /** A notify about a paid trade, as the channel sends it to us. */
  tradeNotify(outTradeNo: string): Promise<RawNotify>;
  refundNotify(numbers: TradeNumbers): Promise<RawNotify>;
  /** The same, signed properly by the channel, for another application or merchant than ours. */
  notifyForAnother(outTradeNo: string): Promise<RawNotify>;
  /** Signed properly, long ago. */
  staleNotify(outTradeNo: string): Promise<RawNotify>;
  /** Writes the bill of a day on which exactly these trades and refunds were made, and tells the day, `YYYY-MM-DD`. */
  billOf(made: readonly { outTradeNo: string; outRefundNo?: string }[]): Promise<string>;
}

/** What does not apply to a channel, and why: printed in the place of the cases that need it. */
export type Without = Readonly<Partial<Record<Need, string>>>;
