import type { StandingEntry } from '#libs/chain';
import type { Transaction } from '#libs/database';
import type { NumberedRequest, Rejection } from '../../ledger/evaluate-batch.js';
import type { TransferRequest } from '../../ledger/transfer.js';
import { type StoredTransfer, TransferRepository } from '../../ledger/transfer.repository.js';

/** A request that was decided under this number, if the transaction of that time has been committed. */
export interface LoggedDecision {
  readonly transferId: string;
  readonly request: TransferRequest;
}

/** An account was stopped, or let go again. */
export interface LoggedFreeze {
  readonly code: string;
  readonly frozen: boolean;
}

/**
 * The order of commit, of all replicas of one process. Whoever writes here holds the locks of all accounts that it decides
 * about, and holds them until its commit: of two that have an account in common, the one that commits first has written
 * first. (Of two that have none in common the order does not matter.) Attempts that were rolled back are in here too: their
 * numbers are not in the book.
 */
export class CommitLog {
  private items: (LoggedDecision | LoggedFreeze)[] = [];

  add(...items: readonly (LoggedDecision | LoggedFreeze)[]): void {
    this.items.push(...items);
  }

  /** All since the last time. */
  take(): readonly (LoggedDecision | LoggedFreeze)[] {
    const taken = this.items;
    this.items = [];
    return taken;
  }
}

/** What a replica of the ledger works with while its decisions are logged. */
export class LoggedTransfers extends TransferRepository {
  private readonly claimed = new WeakMap<Transaction, readonly LoggedDecision[]>();

  constructor(private readonly log: CommitLog) {
    super();
  }

  override async claimKeys(
    transaction: Transaction,
    batch: readonly NumberedRequest[],
    seals: ReadonlyMap<string, Buffer>,
    createdAt: Date,
  ): Promise<Map<string, StoredTransfer>> {
    const standing = await super.claimKeys(transaction, batch, seals, createdAt);
    const own = new Set([...standing.values()].map(({ transferId }) => transferId));
    this.claimed.set(
      transaction,
      batch.filter(({ transferId }) => own.has(transferId)),
    );
    return standing;
  }

  /** The first thing that is written when the accounts are locked, also when there are no entries. */
  override insertEntries(transaction: Transaction, entries: readonly StandingEntry[]): Promise<void> {
    this.log.add(...(this.claimed.get(transaction) ?? []));
    return super.insertEntries(transaction, entries);
  }

  override insertRejected(transaction: Transaction, rejection: Rejection, createdAt: Date): Promise<void> {
    this.log.add(rejection);
    return super.insertRejected(transaction, rejection, createdAt);
  }
}
