import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { beijingDayOf } from '#libs/calendar';
import { DomainError, type ResponseOf, type wallet } from '#libs/contracts';
import { IdGenerator } from '#libs/ids';
import { Log } from '#libs/service';
import { contextHeaders } from '#libs/transport';
import { EarningsConfig } from '../earnings/earnings.config.js';
import { AdjustmentPosting, RETRY_SECONDS } from './adjustment-posting.js';
import type { StoredAdjustment } from './adjustment-row.js';
import { type AdjustmentWish, problemsOf } from './adjustment-rules.js';
import { AdjustmentRepository } from './adjustment.repository.js';

/** Where operators ask for adjustments and decide about each other's. */
@Injectable()
export class AdjustmentDesk {
  constructor(
    private readonly adjustments: AdjustmentRepository,
    private readonly posting: AdjustmentPosting,
    private readonly ids: IdGenerator,
    private readonly config: EarningsConfig,
    private readonly log: Log,
  ) {}

  /** @throws DomainError `VALIDATION_FAILED` by field; `IDEMPOTENCY_KEY_REUSED` for another wish under the same key. */
  async request(wish: AdjustmentWish): Promise<wallet.Adjustment> {
    const now = new Date();
    const errors = problemsOf(wish, {
      now,
      today: beijingDayOf(now),
      maturityDays: this.config.maturityDays,
    });
    const sha256 = wish.attachment && createHash('sha256').update(wish.attachment.content).digest();
    const requestHash = hashOf(wish, sha256);
    // First: an expiry that was in the future when this was asked for may have passed since.
    const before = await this.adjustments.findByKey(wish.operatorId, wish.idempotencyKey);
    if (before) return same(before, requestHash, wish);
    if (errors.length > 0) {
      const fields = errors.map(({ field }) => field).join(', ');
      throw new DomainError('VALIDATION_FAILED', `Correct these fields of the adjustment: ${fields}`, {
        errors,
      });
    }
    const id = this.ids.nextId(0);
    if (!(await this.adjustments.create({ id, wish, requestHash, sha256 }))) {
      const standing = await this.adjustments.findByKey(wish.operatorId, wish.idempotencyKey);
      if (!standing) throw new Error(`Adjustment ${id} can't be stored, and its key stands nowhere`);
      return same(standing, requestHash, wish);
    }
    this.log.info(
      { adjustmentId: id, operatorId: wish.operatorId, ownerId: wish.ownerId },
      'asked for an adjustment',
    );
    return this.get(id);
  }

  /**
   * @returns it as it stands after the ledger was asked; still APPROVED when the ledger could not be reached: then the sweep
   * asks it.
   * @throws DomainError `SECOND_PERSON_NEEDED` for one's own; `ADJUSTMENT_DECIDED` when somebody else has decided.
   */
  async approve(id: string, operatorId: string): Promise<wallet.Adjustment> {
    const { requestedBy } = await this.get(id);
    if (requestedBy === operatorId) {
      throw new DomainError(
        'SECOND_PERSON_NEEDED',
        `You asked for adjustment ${id} yourself: another operator has to approve it`,
      );
    }
    const isMine = await this.adjustments.approve(id, operatorId, RETRY_SECONDS);
    const adjustment = await this.get(id);
    if (!isMine && (adjustment.decidedBy !== operatorId || adjustment.state === 'REJECTED')) {
      throw decided(adjustment);
    }
    if (isMine) this.log.info({ adjustmentId: id, operatorId }, 'approved an adjustment');
    if (adjustment.state !== 'APPROVED') return adjustment;
    try {
      await this.posting.advance(adjustment, contextHeaders());
    } catch (error) {
      this.log.warn(
        { err: error, adjustmentId: id },
        'could not book an approved adjustment yet: tried again',
      );
    }
    return this.get(id);
  }

  /** @throws DomainError `ADJUSTMENT_DECIDED` when somebody has decided. */
  async reject(id: string, operatorId: string, reason: string): Promise<wallet.Adjustment> {
    const isMine = await this.adjustments.reject(id, operatorId, reason);
    const adjustment = await this.get(id);
    if (!isMine && (adjustment.decidedBy !== operatorId || adjustment.state !== 'REJECTED')) {
      throw decided(adjustment);
    }
    if (isMine) this.log.info({ adjustmentId: id, operatorId }, 'rejected an adjustment');
    return adjustment;
  }

  /** @throws DomainError `ADJUSTMENT_NOT_FOUND`. */
  async get(id: string): Promise<StoredAdjustment> {
    const adjustment = await this.adjustments.find(id);
    if (!adjustment) throw new DomainError('ADJUSTMENT_NOT_FOUND', `There is no adjustment ${id}`);
    return adjustment;
  }

  /** @throws DomainError `ADJUSTMENT_NOT_FOUND` when there is none, or it has none. */
  async attachment(id: string): Promise<ResponseOf<typeof wallet.getAttachment>> {
    const stored = await this.adjustments.findAttachment(id);
    if (!stored) throw new DomainError('ADJUSTMENT_NOT_FOUND', `There is no document of an adjustment ${id}`);
    const { sha256, ...attachment } = stored;
    if (!createHash('sha256').update(attachment.content).digest().equals(sha256)) {
      throw new Error(`The document of adjustment ${id} is not the one that was handed in`);
    }
    return attachment;
  }
}

function hashOf(wish: AdjustmentWish, sha256: Buffer | null): Buffer {
  const { purpose, account, ownerId, part, amount, reason, expiresAt, attachment } = wish;
  const document = attachment && [attachment.fileName, attachment.contentType, sha256?.toString('hex')];
  const facts = [purpose, account, ownerId, part, String(amount), reason, expiresAt, document];
  return createHash('sha256').update(JSON.stringify(facts)).digest();
}

function same(standing: StoredAdjustment, requestHash: Buffer, wish: AdjustmentWish): StoredAdjustment {
  if (standing.requestHash.equals(requestHash)) return standing;
  throw new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    `Idempotency-Key ${wish.idempotencyKey} made adjustment ${standing.id} from another request`,
  );
}

function decided({ id, state, decidedBy }: StoredAdjustment): DomainError {
  return new DomainError(
    'ADJUSTMENT_DECIDED',
    `Adjustment ${id} is ${state}: operator ${decidedBy} has decided`,
  );
}
