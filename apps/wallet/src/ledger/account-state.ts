import type { AccountSide } from './chart-of-accounts.js';

/** One ledger account as locked by the transaction that is about to change it. Amounts in micro-yuan. */
export interface AccountState {
  readonly id: string;
  readonly code: string;
  readonly ownerId: string | null;
  readonly kind: string;
  /** Of a parted kind: which of the owner's accounts of that kind it is. */
  readonly part: string | null;
  readonly side: AccountSide;
  readonly posted: bigint;
  readonly held: bigint;
  readonly floor: bigint | null;
  readonly frozen: boolean;
  /** Number of entries so far, which is also the `seq` of the newest. */
  readonly version: number;
  /** The newest entry's link in the account's hash chain. */
  readonly link: Buffer;
}
