import { Injectable } from '@nestjs/common';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { Log, Metrics, SweepHost, type SweepPlan } from '#libs/service';
import { LedgerService } from '../ledger/ledger.service.js';
import { EarningsConfig } from './earnings.config.js';
import { EarningsRepository, type PendingDay } from './earnings.repository.js';
import { maturity } from './maturity.recipe.js';

const BATCH = 200;
/** The days that every round looks at: nearly all that comes late is of one of them. Older ones are looked at in turn. */
const DAYS_LOOKED_AT = 35;

/** Makes earnings available when their day is long enough ago. Every replica may do it: a batch has one key. */
@Injectable()
export class MaturityJob extends SweepHost {
  /** The older day that was looked at last. */
  private past: string | null = null;

  private readonly rounds;

  constructor(
    private readonly earnings: EarningsRepository,
    private readonly ledger: LedgerService,
    private readonly config: EarningsConfig,
    protected readonly log: Log,
    metrics: Metrics,
  ) {
    super();
    this.rounds = metrics.counter('wallet_maturity_rounds_total', 'Looks for earnings that are due', [
      'result',
    ]);
  }

  protected sweeps(): readonly SweepPlan[] {
    return [
      {
        name: 'make due earnings available',
        everyMs: this.config.maturityEveryMs,
        batch: BATCH,
        work: async () => {
          const matured = await this.round(new Date());
          this.rounds.inc({ result: 'done' });
          return matured;
        },
        onFailure: () => this.rounds.inc({ result: 'failed' }),
      },
    ];
  }

  /** @returns how many days of owners were made available, at most a batch. */
  async round(now: Date): Promise<number> {
    const today = beijingDayOf(now);
    const newest = dayAfter(today, -this.config.maturityDays);
    let matured = 0;
    for (let back = 0; back < DAYS_LOOKED_AT && matured < BATCH; back += 1) {
      const count = await this.matureDay(dayAfter(newest, -back), today, BATCH - matured);
      matured += count;
    }
    // What lay frozen for months, or came months late, is nobody's to remember.
    this.past = await this.earnings.dayBefore(this.past ?? dayAfter(newest, 1 - DAYS_LOOKED_AT));
    if (this.past === null || matured >= BATCH) return matured;
    return matured + (await this.matureDay(this.past, today, BATCH - matured));
  }

  private async matureDay(day: string, today: string, limit: number): Promise<number> {
    const due = await this.earnings.pendingOf(day, limit);
    const matured = await Promise.all(due.map((pending) => this.mature(pending, today)));
    return matured.filter(Boolean).length;
  }

  private async mature(pending: PendingDay, today: string): Promise<boolean> {
    const { ownerId, day } = pending;
    try {
      const outcome = await this.ledger.post(maturity({ ...pending, today }, {}));
      if (outcome.status === 'posted') {
        this.log.info({ ownerId, day, transferId: outcome.transferId }, 'earnings are available');
        return true;
      }
      if (outcome.code !== 'NOTHING_TO_MOVE')
        this.log.error({ ownerId, day, code: outcome.code }, 'earnings could not be made available');
    } catch (error) {
      // Of one owner: the others' days come all the same.
      this.log.error({ err: error, ownerId, day }, 'earnings could not be made available: tried again');
    }
    return false;
  }
}
