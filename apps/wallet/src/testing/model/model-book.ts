import type { RejectionCode, TransferRequest } from '../../ledger/transfer.js';

/** What one transfer does to one account, in the order in which it is looked at. */
export type ModelLeg = readonly [code: string, amount: bigint];

/** What a transfer of a balancing kind must know to say what it moves. */
export interface ModelBalances {
  balanceOf(code: string): bigint;
  idOf(code: string): bigint;
}

/** One transfer that somebody wishes for: told to the ledger by a real recipe, and to the model by words of its own. */
export interface Wish {
  /** What it is, for people. */
  readonly what: string;
  /** Under which it is decided once, for ever: scope and key. */
  readonly key: string;
  /** Two wishes of one key are the same wish only if this is the same. */
  readonly content: string;
  /** Tells how a hold has ended: no freeze keeps it from being booked. */
  readonly settlesHold?: boolean;
  /** The channel's trade, which is booked once. */
  readonly trade?: string;
  readonly request: () => TransferRequest | Promise<TransferRequest>;
  readonly legs: (balances: ModelBalances) => readonly ModelLeg[];
  /** The same key for something else. */
  readonly twist?: () => Wish;
  /** Told when the ledger's book has it, with what it moved. */
  readonly whenPosted?: (legs: readonly ModelLeg[]) => void;
}

export interface ModelEntry {
  readonly code: string;
  readonly seq: number;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
}

export interface ModelDecision {
  readonly rejection: RejectionCode | null;
  readonly entries: readonly ModelEntry[];
}

interface ModelAccount {
  balance: bigint;
  seq: number;
  frozen: boolean;
}

const MOST = 9_223_372_036_854_775_807n;

/** A ledger in a few lines, without keys, locks and database: what the real one must come to. */
export class ModelBook implements ModelBalances {
  private readonly accounts = new Map<string, ModelAccount>();
  private readonly trades = new Set<string>();
  private ids: ReadonlyMap<string, bigint> = new Map();

  /** Which numbers the ledger has given to its accounts: some recipes name accounts in the order of these. */
  learnIds(ids: ReadonlyMap<string, bigint>): void {
    this.ids = ids;
  }

  idOf(code: string): bigint {
    const id = this.ids.get(code);
    if (id === undefined) throw new Error(`The ledger has no account ${code}`);
    return id;
  }

  balanceOf(code: string): bigint {
    return this.accounts.get(code)?.balance ?? 0n;
  }

  /** Every account that was ever touched, with what is in it. */
  balances(): ReadonlyMap<string, bigint> {
    return new Map([...this.accounts].map(([code, { balance }]) => [code, balance]));
  }

  freeze(code: string, frozen: boolean): void {
    this.accountOf(code).frozen = frozen;
  }

  decide(wish: Wish): ModelDecision {
    if (wish.trade !== undefined && this.trades.has(wish.trade)) {
      return { rejection: 'EXTERNAL_ID_TAKEN', entries: [] };
    }
    const legs = wish.legs(this).filter(([, amount]) => amount !== 0n);
    const rejection = this.reasonAgainst(legs, wish.settlesHold ?? false);
    if (rejection !== null) return { rejection, entries: [] };
    if (wish.trade !== undefined) this.trades.add(wish.trade);
    const entries = legs.map(([code, amount]): ModelEntry => {
      const account = this.accountOf(code);
      account.balance += amount;
      account.seq += 1;
      return { code, seq: account.seq, amount, balanceAfter: account.balance };
    });
    wish.whenPosted?.(legs);
    return { rejection: null, entries };
  }

  private reasonAgainst(legs: readonly ModelLeg[], settlesHold: boolean): RejectionCode | null {
    if (legs.length === 0) return 'NOTHING_TO_MOVE';
    for (const [code, amount] of legs) {
      const { balance, frozen } = this.accountOf(code);
      const after = balance + amount;
      if ([after, amount].some((value) => value > MOST || value < -MOST)) return 'BALANCE_OUT_OF_RANGE';
      if (amount < 0n && frozen && !settlesHold) return 'ACCOUNT_FROZEN';
      // What owners have is theirs and can't be less than nothing; the platform's own accounts can.
      if (amount < 0n && after < 0n && !code.startsWith('system:')) return 'INSUFFICIENT_FUNDS';
    }
    return null;
  }

  private accountOf(code: string): ModelAccount {
    const known = this.accounts.get(code);
    if (known) return known;
    const opened = { balance: 0n, seq: 0, frozen: false };
    this.accounts.set(code, opened);
    return opened;
  }
}
