import { Injectable } from '@nestjs/common';
import type { wallet } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import type { Headers } from '#libs/transport';
import { AdjustmentRepository } from '../adjustment/adjustment.repository.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { type ExpiredBonus, bonusExpiry } from './bonus-expiry.recipe.js';

/** A frozen account may not be debited; somebody is looking at it. */
const AGAIN_SECONDS = 3_600;

/** Ends bonuses whose day has come. */
@Injectable()
export class BonusExpiry {
  constructor(
    private readonly adjustments: AdjustmentRepository,
    private readonly ledger: LedgerService,
    private readonly transfers: TransferRepository,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** @throws DomainError when the ledger can't be asked now: it is due again. */
  async expire(bonus: ExpiredBonus & Pick<wallet.Adjustment, 'expiresAt'>, headers: Headers): Promise<void> {
    const { id, ownerId } = bonus;
    if (bonus.expiresAt === null || bonus.expiresAt > new Date()) return;
    const transfer = bonusExpiry(bonus, headers);
    const outcome = await this.ledger.post(transfer);
    if (outcome.status === 'rejected' && outcome.code !== 'NOTHING_TO_MOVE') {
      await this.adjustments.noteExpiryRefused(id, bonus.expiryAttempt, AGAIN_SECONDS);
      this.log.warn(
        { adjustmentId: id, ownerId, code: outcome.code },
        'a bonus could not be ended yet: tried again',
      );
      return;
    }
    const posted = await this.transfers.findPosted(this.database, transfer.scope, transfer.idempotencyKey);
    const taken = posted?.entries.find(({ code }) => code === `merchant_bonus:${ownerId}`)?.amount ?? 0n;
    if (await this.adjustments.markExpired(id, -taken))
      this.log.info({ adjustmentId: id, ownerId, transferId: outcome.transferId }, 'a bonus has ended');
  }
}
