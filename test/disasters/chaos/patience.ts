import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, errorTable } from '#libs/contracts';
import { ApiRefusal } from '#libs/testing';

const AGAIN_AFTER_MS = 100;
const ERRAND_AGAIN_AFTER_MS = 250;
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
      if (isRefusal(error)) throw error;
      reason = error;
    }
  }
  throw new Error(`${what}: no answer within ${withinMs / 1_000} s`, { cause: reason });
}

/** Whether it was said in words that it can't be; anything else may go better next time. */
function isRefusal(error: unknown): boolean {
  const status =
    error instanceof ApiRefusal ? error.status : DomainError.is(error) ? errorTable[error.code].status : 500;
  return status < 500 && status !== 429;
}

/** What has to be done later, and may not be possible yet. */
export type Errand = () => Promise<'done' | 'not yet'>;

/** Runs errands round and round, a few at a time, until nobody brings more and none is left. */
export class Errands {
  private readonly waiting: Errand[] = [];
  private resting = 0;
  private isClosed = false;
  private readonly runners: Promise<void>[];

  constructor(runners: number) {
    this.runners = Array.from({ length: runners }, () => this.run());
  }

  get left(): number {
    return this.waiting.length + this.resting;
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
        if (this.isClosed && this.resting === 0) return;
        await delay(AGAIN_AFTER_MS);
        continue;
      }
      if ((await errand()) === 'not yet') this.rest(errand);
    }
  }

  /** Not at once: who does nothing but ask takes the processors from what is asked about. */
  private rest(errand: Errand): void {
    this.resting += 1;
    setTimeout(() => {
      this.resting -= 1;
      this.waiting.push(errand);
    }, ERRAND_AGAIN_AFTER_MS);
  }
}
