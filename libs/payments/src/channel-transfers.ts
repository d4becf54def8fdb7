import type { withdrawal } from '#libs/contracts';

/** What a channel's transfers can do, as data: callers ask this instead of knowing channels by name. */
export interface TransferCapabilities {
  /** In micro-yuan, inclusive. */
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
  /** From this amount on the payee's name has to be told, in micro-yuan; null: always told, and always checked. */
  readonly nameNeededFrom: bigint | null;
  /** True where the payee takes the money by confirming it; until then it can be cancelled. */
  readonly payeeConfirms: boolean;
  /** So old a transfer may be, in milliseconds, and no older, for `NOT_FOUND` to say anything of it; null: of any age. */
  readonly queryReachMs: number | null;
}

export interface TransferRequest {
  /** Ours, never reused, and never changed for one payout: the channel pays once per number. */
  readonly outTransferNo: string;
  /** Micro-yuan; whole fen. */
  readonly amount: bigint;
  /** Alipay: a logon id (email or mobile number) or a user id `2088…`; WeChat Pay: the openid. */
  readonly payeeAccount: string;
  /** The real name that the channel compares with the account's. */
  readonly payeeName: string;
  /** Shown to the payee. */
  readonly remark: string;
}

/** What the channel says of a transfer, asked or told. */
export type ChannelTransfer =
  | {
      readonly state: 'SUCCEEDED';
      readonly channelTransferNo: string;
      /** Micro-yuan. */
      readonly amount: bigint;
      readonly paidAt: Date;
    }
  /** Taken, and not decided: ask again. */
  | { readonly state: 'PROCESSING' }
  /**
   * The payee has to confirm it in the channel's app; `confirmation` is what the app is opened with. Null where the channel
   * doesn't say it (again): what it said before holds, and a repeat of the transfer may tell it.
   */
  | { readonly state: 'AWAITS_PAYEE'; readonly confirmation: string | null }
  /** Will never be paid under this number; the money is still ours. */
  | { readonly state: 'FAILED'; readonly problem: withdrawal.PayoutProblem; readonly message: string }
  /** Cancelled before the payee took it; the money is still ours. */
  | { readonly state: 'CANCELLED' }
  /** Was paid, and came back later. */
  | {
      readonly state: 'RETURNED';
      readonly channelTransferNo: string;
      /** Micro-yuan. */
      readonly amount: bigint;
      readonly message: string;
    }
  /** Not done for want of money in our account there: worth repeating under the same number. */
  | { readonly state: 'SHORT_OF_FUNDS'; readonly message: string }
  /** The channel knows no transfer of that number, which is no proof that it never will: see each channel. */
  | { readonly state: 'NOT_FOUND' };

/**
 * Payments from our account at a channel to somebody's account there. Promises what `PaymentChannel` promises: amounts are
 * exact or refused; every method rejects with `ChannelError` and nothing else; a call that rejected with `UNKNOWN` may have
 * been done.
 */
export interface ChannelTransfers {
  readonly capabilities: TransferCapabilities;
  /**
   * Repeating it with the same request pays nothing twice, and says what became of it. A number that was used for another
   * amount pays nothing either, and says what became of that one: compare the amount of what has succeeded.
   */
  transfer(request: TransferRequest): Promise<ChannelTransfer>;
  query(outTransferNo: string): Promise<ChannelTransfer>;
  /**
   * Takes back what the payee has not confirmed. The answer is the transfer's state after the call: a payee who was faster
   * wins. Where nobody confirms, it is a query.
   */
  cancel(outTransferNo: string): Promise<ChannelTransfer>;
}
