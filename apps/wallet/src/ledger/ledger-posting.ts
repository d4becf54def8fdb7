import { Injectable } from '@nestjs/common';
import { DomainError, wallet } from '#libs/contracts';
import { CommitOutcomeUnknownError, Database, type Transaction } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { Outbox } from '#libs/outbox';
import { AccountRepository } from './account.repository.js';
import { codeOf } from './chart-of-accounts.js';
import { type NumberedRequest, type Posting, evaluateBatch } from './evaluate-batch.js';
import { linkEntries, sealOfRequest } from './link-entries.js';
import { spendsPostedOf, transferPostedOf } from './posting-events.js';
import { type TransferOutcome, type TransferRequest, accountsOf, requestHash } from './transfer.js';
import { type StoredTransfer, TransferRepository, keyOf } from './transfer.repository.js';

/** What becomes of a request; an error is the answer to that request alone. */
type Decision = TransferOutcome | Error;

const COMMIT_LOOKUPS = 3;

/**
 * Posts batches of transfers: claim the keys, lock the accounts, decide in order, write, commit. Everything that keeps
 * a cent from being lost or invented is in MySQL and in here: the unique key, the version, the sequence, the CHECK.
 * Whatever lock is held outside makes this faster, never more right.
 */
@Injectable()
export class LedgerPosting {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly transfers: TransferRepository,
    private readonly outbox: Outbox,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * @returns one decision for each request, in order; known only after the commit is acknowledged.
   */
  async postAll(requests: readonly TransferRequest[]): Promise<Decision[]> {
    const rivals = rivalsIn(requests);
    if (rivals.size === 0) return this.postTogether(requests);
    // They wait for what becomes of the first: its rejection leaves the external id to them.
    const decided = await this.postTogether(requests.filter((_, index) => !rivals.has(index)));
    const late = await this.postEach(requests.filter((_, index) => rivals.has(index)));
    return requests.flatMap((_, index) => (rivals.has(index) ? late : decided).shift() ?? []);
  }

  private async postTogether(requests: readonly TransferRequest[]): Promise<Decision[]> {
    try {
      await this.accounts.open(requests.flatMap(accountsOf));
      return await this.postKnowingTheOutcome(requests);
    } catch (error) {
      if (requests.length === 1 || DomainError.is(error, 'UNAVAILABLE')) throw error;
      // One bad request must not take its neighbours with it: halve until it stands alone.
      const middle = requests.length >> 1;
      return [
        ...(await this.postEach(requests.slice(0, middle))),
        ...(await this.postEach(requests.slice(middle))),
      ];
    }
  }

  /** Beside others that are decided already: what fails is the answer to these alone. */
  private async postEach(requests: readonly TransferRequest[]): Promise<Decision[]> {
    try {
      return await this.postAll(requests);
    } catch (error) {
      // As it is, with its stack: whoever answers the caller writes a defect to the log, and hides it from him.
      const refusal = error instanceof Error ? error : new Error('The transfer could not be posted');
      return requests.map(() => refusal);
    }
  }

  /** After a connection lost at COMMIT the same batch is sent again: its keys say what was booked and what was not. */
  private async postKnowingTheOutcome(requests: readonly TransferRequest[]): Promise<Decision[]> {
    for (let lookup = 1; ; lookup += 1) {
      try {
        return await this.database.transaction((transaction) => this.postIn(transaction, requests));
      } catch (error) {
        if (!(error instanceof CommitOutcomeUnknownError) || lookup === COMMIT_LOOKUPS) throw error;
      }
    }
  }

  private async postIn(transaction: Transaction, requests: readonly TransferRequest[]): Promise<Decision[]> {
    const createdAt = new Date();
    const claims = claimsOf(requests, () => this.ids.nextId(0));
    const seals = new Map(
      claims.map(({ transferId, request }) => [
        transferId,
        sealOfRequest(transferId, request, createdAt, null),
      ]),
    );
    const standing = await this.transfers.claimKeys(transaction, claims, seals, createdAt);
    const fresh = claims.filter(
      ({ request, transferId }) => standing.get(keyOf(request))?.transferId === transferId,
    );
    const decided = await this.decideFresh(transaction, fresh, seals, createdAt);
    for (const { request, transferId } of claims) {
      const key = keyOf(request);
      if (decided.has(key)) continue;
      const stored = standing.get(key);
      decided.set(
        key,
        stored ? replayOf(stored) : await this.rejectTaken(transaction, request, transferId, createdAt),
      );
    }
    const firstOf = new Map(claims.map(({ request }) => [keyOf(request), requests.indexOf(request)]));
    return requests.map((request, index) => {
      const key = keyOf(request);
      const outcome = decided.get(key);
      const first = requests[firstOf.get(key) ?? index];
      if (!outcome || !first) throw new Error(`No decision for transfer ${key}`);
      const original = standing.get(key)?.requestHash ?? requestHash(first);
      return decisionFor(request, outcome, original, index === firstOf.get(key));
    });
  }

  /** The requests that nobody has decided before, in the order of their arrival. */
  private async decideFresh(
    transaction: Transaction,
    fresh: readonly NumberedRequest[],
    seals: ReadonlyMap<string, Buffer>,
    createdAt: Date,
  ): Promise<Map<string, TransferOutcome>> {
    const decided = new Map<string, TransferOutcome>();
    if (fresh.length === 0) return decided;
    const accounts = fresh.flatMap(({ request }) => accountsOf(request));
    const involved = new Map(accounts.map((account) => [codeOf(account), account]));
    const locked = await this.accounts.lock(transaction, [...involved.values()]);
    const { postings, rejections, changed } = evaluateBatch(fresh, locked);
    const { entries, heads } = linkEntries(postings, locked, seals);
    await this.transfers.insertEntries(transaction, entries);
    await this.accounts.save(transaction, locked, changed, heads);
    await this.transfers.markRejected(transaction, rejections, createdAt);
    await this.announce(transaction, postings, createdAt);
    for (const { request, transferId } of postings) {
      decided.set(keyOf(request), { status: 'posted', transferId, replayed: false });
    }
    for (const { request, transferId, code } of rejections) {
      decided.set(keyOf(request), { status: 'rejected', transferId, code, replayed: false });
    }
    return decided;
  }

  /** The key is new and yet could not be claimed: its external id was booked under another key. */
  private async rejectTaken(
    transaction: Transaction,
    request: TransferRequest,
    transferId: string,
    createdAt: Date,
  ): Promise<TransferOutcome> {
    const code = 'EXTERNAL_ID_TAKEN';
    await this.transfers.insertRejected(transaction, { transferId, request, code }, createdAt);
    return { status: 'rejected', transferId, code, replayed: false };
  }

  private async announce(
    transaction: Transaction,
    postings: readonly Posting[],
    postedAt: Date,
  ): Promise<void> {
    // In one statement, in the order of the entries: the checker relies on it.
    await this.outbox.appendAll(
      transaction,
      wallet.transferPosted,
      postings.map((posting) => transferPostedOf(posting, postedAt)),
    );
    const together = postings.filter(({ request }) => wallet.KINDS_TOLD_TOGETHER.has(request.kind));
    const [first] = together;
    if (first) {
      const payload = spendsPostedOf(together, postedAt);
      await this.outbox.append(transaction, wallet.spendsPosted, first.transferId, payload);
    }
  }
}

function replayOf(stored: StoredTransfer): TransferOutcome {
  const { transferId, status, rejectionCode } = stored;
  return status === 'rejected' && rejectionCode !== null
    ? { status, transferId, code: rejectionCode, replayed: true }
    : { status: 'posted', transferId, replayed: true };
}

/**
 * A key that was used for something else is an error of whoever reused it; the first use stands untouched.
 *
 * @param original hash of the request that the key belongs to.
 */
function decisionFor(
  request: TransferRequest,
  outcome: TransferOutcome,
  original: Buffer,
  isFirst: boolean,
): Decision {
  if (!original.equals(requestHash(request))) {
    return new DomainError(
      'TRANSFER_KEY_CONFLICT',
      `Transfer key ${keyOf(request)} was used before for a different transfer`,
    );
  }
  return isFirst ? outcome : { ...outcome, replayed: true };
}

/** Where requests want an external id that an earlier one of the batch wants under another key. */
function rivalsIn(requests: readonly TransferRequest[]): ReadonlySet<number> {
  const firstKeys = new Map<string, string>();
  const rivals = new Set<number>();
  for (const [index, request] of requests.entries()) {
    const { externalId } = request;
    if (externalId === null) continue;
    const firstKey = firstKeys.get(externalId);
    if (firstKey === undefined) firstKeys.set(externalId, keyOf(request));
    else if (firstKey !== keyOf(request)) rivals.add(index);
  }
  return rivals;
}

/** One claim for each key: of requests with the same key in one batch, the first to arrive makes it. */
function claimsOf(requests: readonly TransferRequest[], nextId: () => string): NumberedRequest[] {
  const claims = new Map<string, NumberedRequest>();
  for (const request of requests) {
    if (!claims.has(keyOf(request))) claims.set(keyOf(request), { transferId: nextId(), request });
  }
  return [...claims.values()];
}
