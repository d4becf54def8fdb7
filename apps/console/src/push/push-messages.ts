import type { Schemas } from '../api/client';

/** What the gateway tells an open page over Socket.IO, and what the page may ask. */

export type WalletEntry = Schemas['WalletEntry'];
export type Wallet = Schemas['Wallet'];
type WalletAccount = Schemas['WalletAccount'];

/** A transfer stands in the ledger: the balances after it, and the entries that made them. */
export interface WalletChanged {
  readonly accounts: readonly Pick<WalletAccount, 'kind' | 'balance' | 'lastSeq'>[];
  readonly entries: readonly WalletEntry[];
  /** Kinds of which a part has changed: what all parts sum to is not told. */
  readonly stale: readonly WalletAccount['kind'][];
}

/** An order looks different now. */
export interface RechargeChanged {
  readonly id: string;
  readonly state: Schemas['Recharge']['state'];
}

/** A withdrawal looks different now. */
export interface WithdrawalChanged {
  readonly id: string;
  readonly state: Schemas['Withdrawal']['state'];
}

/** The answer to `resume`. */
export interface Resumed {
  readonly wallet: Wallet;
  /** What was missed, oldest first. */
  readonly entries: readonly WalletEntry[];
  /** False when more was missed than is sent. */
  readonly complete: boolean;
}

export interface ServerToPage {
  'wallet.changed': (change: WalletChanged) => void;
  'recharge.changed': (change: RechargeChanged) => void;
  'withdrawal.changed': (change: WithdrawalChanged) => void;
}

export interface PageToServer {
  resume: (request: { afterSeq: number }, answer: (resumed: Resumed | Schemas['Problem']) => void) => void;
}
