import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { AdjustmentPosting, RETRY_SECONDS } from './adjustment-posting.js';
import { AdjustmentRepository } from './adjustment.repository.js';

const EVERY_MS = 1_000;
const BATCH = 50;

/** The sure half: books what was approved by a process that died, and ends bonuses whose day has come. */
@Injectable()
export class AdjustmentSweep extends SweepHost {
  constructor(
    private readonly adjustments: AdjustmentRepository,
    private readonly posting: AdjustmentPosting,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return [{ name: 'take up due adjustments', everyMs: EVERY_MS, batch: BATCH, work: () => this.round() }];
  }

  /** @returns how many were due. */
  async round(): Promise<number> {
    const due = await this.adjustments.claimDue(BATCH, RETRY_SECONDS);
    for (const adjustment of due) {
      try {
        await this.posting.advance(adjustment, {});
      } catch (error) {
        this.log.error(
          { err: error, adjustmentId: adjustment.id },
          'could not take an adjustment further: tried again',
        );
      }
    }
    return due.length;
  }
}
