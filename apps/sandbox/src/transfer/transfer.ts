import type { ChannelName } from '../trade/trade.js';

/**
 * What the channel knows of a transfer, in no channel's own words.
 *
 * `AWAITS_PAYEE`: it goes on when the payee confirms it, and `TRANSFERRING` from then on. `CANCELLING`: the merchant took it
 * back before that. `RETURNED`: it had arrived, and came back later.
 */
export const TRANSFER_STATES = [
  'PROCESSING',
  'AWAITS_PAYEE',
  'TRANSFERRING',
  'CANCELLING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'RETURNED',
] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

/** Why a transfer failed or came back, in the channel's words. */
export interface TransferFailure {
  readonly code: string;
  readonly message: string;
}

/** What the merchant asked for. */
export interface TransferTerms {
  readonly channel: ChannelName;
  /** Whose money it is: the application's at Alipay, the merchant's at WeChat Pay. */
  readonly account: string;
  /** The merchant's number for it: within the account the key of its idempotency. */
  readonly outTransferNo: string;
  readonly amountFen: bigint;
  readonly payeeAccount: string;
  /** Left out where the channel need not compare it. */
  readonly payeeName?: string;
  /** Shown to the payee. */
  readonly remark: string;
  /** The application that the payee confirms it in. */
  readonly appid?: string;
  /** The whole request in one text: whatever differs in it makes it another transfer. */
  readonly content: string;
}

/** Where a transfer goes by itself. */
export interface NextStep {
  readonly state: TransferState;
  /** Milliseconds since 1970; `null` when only the control API moves it on. */
  readonly at: number | null;
  readonly failure?: TransferFailure;
}

/** Something that happens by itself after a time. */
export interface TransferEnd {
  readonly afterMs: number;
  readonly failure: TransferFailure;
}

/** A transfer at the channel. Only the book changes it; times are milliseconds since 1970. */
export interface Transfer extends TransferTerms {
  /** Order of creation, from 1. */
  readonly sequence: number;
  /** The channel's number for it. */
  readonly transferNo: string;
  /** Unguessable: what the payee's app is opened with. */
  readonly confirmation: string;
  readonly createdAt: number;
  /** While it is in process, calls are answered as if nobody knew of it. */
  readonly isConcealed: boolean;
  /** What becomes of it when the payee does nothing. */
  readonly unconfirmed?: TransferEnd;
  /** It comes back by itself. */
  readonly comesBack?: TransferEnd;
  state: TransferState;
  updatedAt: number;
  next?: NextStep | undefined;
  /** When it arrived. */
  paidAt?: number;
  returnedAt?: number;
  failure?: TransferFailure;
}

/** Whether the money is the merchant's again. */
export function isMoneyBack({ state }: Transfer): boolean {
  return state === 'FAILED' || state === 'CANCELLED' || state === 'RETURNED';
}

/** Whether nothing more is to be decided about it; what has arrived may still come back. */
export function hasEnded(transfer: Transfer): boolean {
  return transfer.state === 'SUCCEEDED' || isMoneyBack(transfer);
}

/** Whether the channel acts as if it knew nothing of it. */
export function isConcealed(transfer: Transfer): boolean {
  return transfer.isConcealed && transfer.state === 'PROCESSING';
}
