import { Injectable } from '@nestjs/common';
import { Log } from '#libs/service';
import type { Headers } from '#libs/transport';
import { BonusExpiry } from '../bonus/bonus-expiry.js';
import { bonusGrant } from '../bonus/bonus.recipe.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { correctionTransfer } from './adjustment.recipe.js';
import type { StoredAdjustment } from './adjustment-row.js';
import { AdjustmentRepository } from './adjustment.repository.js';

/** Until an approved adjustment that nobody has booked is taken up by the sweep. */
export const RETRY_SECONDS = 10;

/** Takes an adjustment further from wherever it stands. Whoever does, and how often: the ledger's key makes it once. */
@Injectable()
export class AdjustmentPosting {
  constructor(
    private readonly adjustments: AdjustmentRepository,
    private readonly ledger: LedgerService,
    private readonly expiry: BonusExpiry,
    private readonly log: Log,
  ) {}

  /** @throws DomainError when the ledger can't be asked now: it is due again. */
  async advance(adjustment: StoredAdjustment, headers: Headers): Promise<void> {
    if (adjustment.state === 'APPROVED') await this.book(adjustment, headers);
    if (adjustment.state === 'POSTED') await this.expiry.expire(adjustment, headers);
  }

  private async book(adjustment: StoredAdjustment, headers: Headers): Promise<void> {
    const recipe = adjustment.purpose === 'bonus' ? bonusGrant : correctionTransfer;
    const outcome = await this.ledger.post(recipe(adjustment, headers));
    const { id } = adjustment;
    const { transferId } = outcome;
    const moved =
      outcome.status === 'posted'
        ? await this.adjustments.markPosted(id, transferId)
        : await this.adjustments.markRefused(id, transferId, outcome.code);
    // Nobody else can have done it otherwise: the ledger gives everybody the same answer.
    if (moved)
      this.log.info(
        { adjustmentId: id, transferId, status: outcome.status },
        'asked the ledger for an adjustment',
      );
  }
}
