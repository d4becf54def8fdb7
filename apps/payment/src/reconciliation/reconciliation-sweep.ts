import { Injectable } from '@nestjs/common';
import { PaymentChannelFactory } from '#libs/payments';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { beijingDayOf, beijingHourOf, dayAfter } from '#libs/calendar';
import { ReconciliationRunner } from './reconciliation-runner.js';
import { ReconciliationConfig } from './reconciliation.config.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

const PLAN_EVERY_MS = 30_000;
/** Days that are made up for after everything was down. */
const MOST_DAYS_BACK = 7;

/** Plans yesterday for each channel account when its hour has come, and does what is due. Every replica sweeps. */
@Injectable()
export class ReconciliationSweep extends SweepHost {
  private readonly stopping = new AbortController();

  constructor(
    private readonly reconciliations: ReconciliationRepository,
    private readonly channels: PaymentChannelFactory,
    private readonly runner: ReconciliationRunner,
    private readonly config: ReconciliationConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    const everyMs = this.config.sweepEveryMs;
    return [
      {
        name: 'plan the reconciliation of yesterday',
        everyMs: PLAN_EVERY_MS,
        batch: Infinity,
        work: () => this.plan(new Date()),
      },
      { name: 'reconcile a bill', everyMs, batch: 1, work: () => this.runner.work(this.stopping.signal) },
      { name: 'check differences', everyMs, batch: 500, work: () => this.runner.check() },
    ];
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await super.beforeApplicationShutdown();
  }

  /** @returns how many days were planned: none before the hour, and none that has a row already. */
  async plan(now: Date): Promise<number> {
    const yesterday = dayAfter(beijingDayOf(now), -1);
    const last = beijingHourOf(now) >= this.config.atHour ? yesterday : dayAfter(yesterday, -1);
    let planned = 0;
    for (const { id, channel } of this.channels.all) {
      const latest = await this.reconciliations.latestDay(id);
      // An account that has never been reconciled begins with yesterday: before that it may not have been there.
      let day = latest === null ? yesterday : dayAfter(latest);
      if (day < dayAfter(yesterday, -MOST_DAYS_BACK)) day = dayAfter(yesterday, -MOST_DAYS_BACK);
      for (; day <= last; day = dayAfter(day)) {
        if (await this.reconciliations.insert(id, channel.name, day)) planned += 1;
      }
    }
    return planned;
  }
}
