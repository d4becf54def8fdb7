import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from '#libs/jobs';
import { Log } from '#libs/service';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { WithdrawalProgress } from './withdrawal-progress.js';
import type { WithdrawalRow } from './withdrawal-row.js';
import { WithdrawalRepository } from './withdrawal.repository.js';

const BATCH = 50;

/** The sure half of withdrawals: takes up what is due, from wherever it stands. */
@Injectable()
export class WithdrawalSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Sweep;

  constructor(
    private readonly withdrawals: WithdrawalRepository,
    private readonly progress: WithdrawalProgress,
    private readonly config: WithdrawalConfig,
    private readonly log: Log,
  ) {
    this.sweep = new Sweep({
      name: 'take up due withdrawals',
      everyMs: config.sweepEveryMs,
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
    const due = await this.withdrawals.claimDue(this.config.payoutRetryMs, BATCH);
    await Promise.all(due.map((row) => this.advance(row)));
    return due.length;
  }

  private async advance(row: WithdrawalRow): Promise<void> {
    try {
      await this.progress.advance(row);
    } catch (error) {
      this.log.error(
        { err: error, withdrawalId: row.id, state: row.state },
        'could not take a withdrawal further: tried again later',
      );
    }
  }
}
