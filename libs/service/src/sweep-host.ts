import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Sweep, type SweepOptions } from '#libs/jobs';
import type { Log } from './log.js';

export interface SweepPlan extends Omit<SweepOptions, 'onError'> {
  /** For metrics; the failure is logged in any case. */
  readonly onFailure?: () => void;
}

/** A provider whose sweeps run for as long as its process: from when all is up until it is told to end. */
export abstract class SweepHost implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private running: readonly Sweep[] = [];

  protected abstract readonly log: Log;

  /** Asked once, when all is up. None where there is nothing to do. */
  protected abstract sweeps(): readonly SweepPlan[];

  onApplicationBootstrap(): void | Promise<void> {
    this.running = this.sweeps().map(
      ({ onFailure, ...plan }) =>
        new Sweep({
          ...plan,
          onError: (error, name) => {
            onFailure?.();
            this.log.error({ err: error }, `could not ${name}`);
          },
        }),
    );
    for (const sweep of this.running) sweep.start();
  }

  /** Resolves when the rounds that are under way have ended. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.running.map((sweep) => sweep.stop()));
  }
}
