import { type SealedTransfer, type StandingEntry, linkOf, sealOf, sealedTime } from '#libs/chain';
import type { AccountState } from './account-state.js';
import type { Posting } from './evaluate-batch.js';
import { type RejectionCode, type TransferRequest, requestHash } from './transfer.js';

export interface Chained {
  readonly entries: readonly StandingEntry[];
  /** The newest link of each account that changed, by its id. */
  readonly heads: ReadonlyMap<string, Buffer>;
}

/** A transfer's seal. @param code of a rejection; null when it is posted. */
export function sealOfRequest(
  transferId: string,
  request: TransferRequest,
  createdAt: Date,
  code: RejectionCode | null,
): Buffer {
  const { scope, idempotencyKey, kind, reference } = request;
  const sealed: SealedTransfer = {
    id: transferId,
    scope,
    idempotencyKey,
    requestHash: requestHash(request),
    kind,
    status: code === null ? 'posted' : 'rejected',
    resultCode: code,
    reference,
    // What was not booked stays free for the transfer that will be.
    externalId: code === null ? request.externalId : null,
    createdAt: sealedTime(createdAt),
  };
  return sealOf(sealed);
}

/**
 * Continues each account's chain with the entries of a batch, in the order in which they were decided. Pure.
 *
 * @param seals of the transfers, by their id
 */
export function linkEntries(
  postings: readonly Posting[],
  locked: ReadonlyMap<string, AccountState>,
  seals: ReadonlyMap<string, Buffer>,
): Chained {
  const heads = new Map([...locked.values()].map(({ id, link }) => [id, link]));
  const changed = new Map<string, Buffer>();
  const entries = postings.flatMap(({ transferId, entries: evaluated }) => {
    const seal = seals.get(transferId);
    if (!seal) throw new Error(`Transfer ${transferId} has no seal`);
    return evaluated.map(({ accountId, seq, amount, balanceAfter }): StandingEntry => {
      const previous = heads.get(accountId);
      if (!previous) throw new Error(`Account ${accountId} was not locked for this batch`);
      const link = linkOf(previous, { accountId, seq, transferId, amount, balanceAfter }, seal);
      heads.set(accountId, link);
      changed.set(accountId, link);
      return { accountId, seq, transferId, amount, balanceAfter, link };
    });
  });
  return { entries, heads: changed };
}
