import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { OpenWithdrawals } from './open-withdrawals.js';
import { WithdrawalProgress } from './withdrawal-progress.js';
import type { WithdrawalRow } from './withdrawal-row.js';
import { WithdrawalRepository } from './withdrawal.repository.js';

const BATCH = 50;
const MEASURE_EVERY_MS = 15_000;

/** The sure half of withdrawals: takes up what is due, from wherever it stands. */
@Injectable()
export class WithdrawalSweep extends SweepHost {
  constructor(
    private readonly withdrawals: WithdrawalRepository,
    private readonly progress: WithdrawalProgress,
    private readonly open: OpenWithdrawals,
    private readonly config: WithdrawalConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return [
      {
        name: 'take up due withdrawals',
        everyMs: this.config.sweepEveryMs,
        batch: BATCH,
        work: () => this.round(),
      },
      {
        name: 'measure open withdrawals',
        everyMs: MEASURE_EVERY_MS,
        batch: Infinity,
        work: () => this.open.measure(),
      },
    ];
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
