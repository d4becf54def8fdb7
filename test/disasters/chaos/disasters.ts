import { Redis } from 'ioredis';
import type { TestStack } from '#libs/testing';
import type { Disaster } from './chaos-plan.js';

/** Kills and empties when its payment comes. Whatever dies is started again by the supervisor, as on a cluster. */
export class Disasters {
  readonly struck: Disaster[] = [];
  private readonly underWay: Promise<unknown>[] = [];
  private next = 0;

  constructor(
    private readonly stack: TestStack,
    private readonly disasters: readonly Disaster[],
  ) {}

  get kills(): number {
    return this.struck.filter(({ kind }) => kind === 'kill').length;
  }

  /** To be told of every payment that begins, in their order. */
  paymentBegins(number: number): void {
    for (;;) {
      const disaster = this.disasters[this.next];
      if (disaster === undefined || disaster.atPayment > number) return;
      this.next += 1;
      this.struck.push(disaster);
      this.underWay.push(this.strike(disaster));
    }
  }

  async over(): Promise<void> {
    await Promise.all(this.underWay);
    await this.stack.ready();
  }

  private async strike(disaster: Disaster): Promise<void> {
    if (disaster.kind === 'kill') {
      // It may be dead already, and on its way back.
      await this.stack.services[disaster.service][disaster.replica]?.kill('SIGKILL');
      return;
    }
    const redis = new Redis(this.stack.urls.redis);
    await redis.flushall();
    redis.disconnect();
  }
}
