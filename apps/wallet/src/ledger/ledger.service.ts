import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/contracts';
import { OwnerLock } from '#libs/locks';
import { Coalescer } from './coalescer.js';
import { LedgerPosting } from './ledger-posting.js';
import { type TransferOutcome, type TransferRequest, assertBalanced } from './transfer.js';

const MAX_BATCH = 200;
/** While one batch waits for its fsync another may be evaluated; more would only queue at the same hot accounts. */
const LANES = 2;

/** Where every change of a balance goes in. */
@Injectable()
export class LedgerService {
  private readonly coalescer: Coalescer<TransferRequest, TransferOutcome>;

  constructor(
    posting: LedgerPosting,
    private readonly lock: OwnerLock,
  ) {
    this.coalescer = new Coalescer<TransferRequest, TransferOutcome>(
      (requests) => posting.postAll(requests),
      {
        maxBatch: MAX_BATCH,
        lanes: LANES,
      },
    );
  }

  /**
   * Posts a transfer, or gives the decision that its key got before.
   *
   * @throws DomainError `TRANSFER_KEY_CONFLICT` when the key was used for something else; `WALLET_BUSY` when the wallet's
   * lock could not be had in time (nothing happened); `UNAVAILABLE` when MySQL can't be reached (nothing happened).
   */
  async post(request: TransferRequest): Promise<TransferOutcome> {
    assertBalanced(request);
    return this.lock.withLock(ownerOf(request), () => this.coalescer.submit(request));
  }

  /**
   * As `post`, for whoever can't go on without it.
   *
   * @param what for the refusal's message: "The budget of campaign 7 can't be set aside".
   * @throws DomainError with the ledger's own code when it was refused, now or under the same key before.
   */
  async postOrRefuse(request: TransferRequest, what: string): Promise<{ transferId: string }> {
    const outcome = await this.post(request);
    if (outcome.status === 'posted') return { transferId: outcome.transferId };
    throw new DomainError(outcome.code, `${what}: ${outcome.code} (transfer ${outcome.transferId})`);
  }
}

/** The wallet that the lock is for. The platform's own accounts take part in everything and are never locked. */
function ownerOf(request: TransferRequest): string {
  for (const { account } of request.legs) {
    if ('ownerId' in account) return account.ownerId;
  }
  return request.scope;
}
