import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { Sweep } from '#libs/jobs';
import { Log, Metrics } from '#libs/service';
import { LedgerService } from '../ledger/ledger.service.js';
import { EarningsConfig } from './earnings.config.js';
import { EarningsRepository, type PendingDay } from './earnings.repository.js';
import { maturity } from './maturity.recipe.js';

const BATCH = 200;
/** How late a spend may come and still be found: every round looks at so many days. */
const DAYS_LOOKED_AT = 35;

/** Makes earnings available when their day is long enough ago. Every replica may do it: a batch has one key. */
@Injectable()
export class MaturityJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Sweep;

  constructor(
    private readonly earnings: EarningsRepository,
    private readonly ledger: LedgerService,
    private readonly config: EarningsConfig,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const rounds = metrics.counter('wallet_maturity_rounds_total', 'Looks for earnings that are due', [
      'result',
    ]);
    this.sweep = new Sweep({
      name: 'make due earnings available',
      everyMs: config.maturityEveryMs,
      batch: BATCH,
      work: async () => {
        const found = await this.round(new Date());
        rounds.inc({ result: 'done' });
        return found;
      },
      onError: (error, name) => {
        rounds.inc({ result: 'failed' });
        log.error({ err: error }, `could not ${name}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }

  /** @returns how many days of owners were due, at most a batch. */
  async round(now: Date): Promise<number> {
    const today = beijingDayOf(now);
    let found = 0;
    for (let back = 0; back < DAYS_LOOKED_AT && found < BATCH; back += 1) {
      const day = dayAfter(today, -this.config.maturityDays - back);
      const due = await this.earnings.pendingOf(day, BATCH - found);
      await Promise.all(due.map((pending) => this.mature(pending, today)));
      found += due.length;
    }
    return found;
  }

  private async mature(pending: PendingDay, today: string): Promise<void> {
    const { ownerId, day } = pending;
    const outcome = await this.ledger.post(maturity({ ...pending, today }, {}));
    if (outcome.status === 'posted') {
      this.log.info({ ownerId, day, transferId: outcome.transferId }, 'earnings are available');
    } else if (outcome.code !== 'NOTHING_TO_MOVE') {
      this.log.error({ ownerId, day, code: outcome.code }, 'earnings could not be made available');
    }
  }
}
