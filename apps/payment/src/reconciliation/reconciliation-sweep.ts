import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from '#libs/jobs';
import { PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { beijingDayOf, beijingHourOf, dayAfter } from '#libs/calendar';
import { ReconciliationRunner } from './reconciliation-runner.js';
import { ReconciliationConfig } from './reconciliation.config.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

const PLAN_EVERY_MS = 30_000;
/** Days that are made up for after everything was down. */
const MOST_DAYS_BACK = 7;

/** Plans yesterday for each channel account when its hour has come, and does what is due. Every replica sweeps. */
@Injectable()
export class ReconciliationSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly sweeps: readonly Sweep[];

  constructor(
    private readonly reconciliations: ReconciliationRepository,
    private readonly channels: PaymentChannelFactory,
    runner: ReconciliationRunner,
    private readonly config: ReconciliationConfig,
    log: Log,
  ) {
    const onError = (error: unknown, name: string) => log.error({ err: error }, `could not ${name}`);
    const everyMs = config.sweepEveryMs;
    this.sweeps = [
      new Sweep({
        name: 'plan the reconciliation of yesterday',
        everyMs: PLAN_EVERY_MS,
        batch: Infinity,
        work: () => this.plan(new Date()),
        onError,
      }),
      new Sweep({
        name: 'reconcile a bill',
        everyMs,
        batch: 1,
        work: () => runner.work(this.stopping.signal),
        onError,
      }),
      new Sweep({ name: 'check differences', everyMs, batch: 500, work: () => runner.check(), onError }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
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
