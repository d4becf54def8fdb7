import { setTimeout as delay } from 'node:timers/promises';
import { ApiRefusal } from '#libs/testing';

const AGAIN_AFTER_MS = 100;
const WITHIN_MS = 90_000;

/** Asks again for as long as whoever answers is dead or overrun; what was refused in words is refused. */
export async function patiently<T>(
  what: string,
  attempt: () => Promise<T>,
  withinMs = WITHIN_MS,
): Promise<T> {
  let reason: unknown;
  for (const until = performance.now() + withinMs; performance.now() < until; await delay(AGAIN_AFTER_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof ApiRefusal && error.status < 500 && error.status !== 429) throw error;
      reason = error;
    }
  }
  throw new Error(`${what}: no answer within ${withinMs / 1_000} s`, { cause: reason });
}

/** What has to be done later, and may not be possible yet. */
export type Errand = () => Promise<'done' | 'not yet'>;

/** Runs errands round and round, a few at a time, until nobody brings more and none is left. */
export class Errands {
  private readonly waiting: Errand[] = [];
  private isClosed = false;
  private readonly runners: Promise<void>[];

  constructor(runners: number) {
    this.runners = Array.from({ length: runners }, () => this.run());
  }

  get left(): number {
    return this.waiting.length;
  }

  add(errand: Errand): void {
    this.waiting.push(errand);
  }

  /** No more will come. Resolves when all are done. */
  async finish(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.runners);
  }

  private async run(): Promise<void> {
    for (;;) {
      const errand = this.waiting.shift();
      if (errand === undefined) {
        if (this.isClosed) return;
        await delay(AGAIN_AFTER_MS);
        continue;
      }
      if ((await errand()) === 'done') continue;
      this.waiting.push(errand);
      await delay(AGAIN_AFTER_MS);
    }
  }
}
