import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from '#libs/jobs';
import { Log } from '#libs/service';
import { AdjustmentPosting, RETRY_SECONDS } from './adjustment-posting.js';
import { AdjustmentRepository } from './adjustment.repository.js';

const EVERY_MS = 1_000;
const BATCH = 50;

/** The sure half: books what was approved by a process that died, and ends bonuses whose day has come. */
@Injectable()
export class AdjustmentSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Sweep;

  constructor(
    private readonly adjustments: AdjustmentRepository,
    private readonly posting: AdjustmentPosting,
    private readonly log: Log,
  ) {
    this.sweep = new Sweep({
      name: 'take up due adjustments',
      everyMs: EVERY_MS,
      batch: BATCH,
      work: () => this.round(),
      onError: (error, name) => log.error({ err: error }, `could not ${name}`),
    });
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
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
