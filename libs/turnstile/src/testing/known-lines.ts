import { Redis } from 'ioredis';
import { eventually } from '#libs/testing';
import { Turnstile } from '../turnstile.js';

/**
 * Lines that have had the pause with which an unknown one begins, for stories that are not about it: together they wait
 * for it once.
 */
export class KnownLines {
  private constructor(private readonly left: string[]) {}

  /** @param name of the turnstile that the stories use */
  static async of(name: string, redisUrl: string, count: number): Promise<KnownLines> {
    const resources = Array.from({ length: count }, (_, index) => `known-${index + 1}`);
    const redis = new Redis(redisUrl);
    const turnstile = new Turnstile({
      redis,
      name,
      outcomeOf: () => 'failed',
      onCircuitChange: () => undefined,
      onError: () => undefined,
    });
    for (const resource of resources) turnstile.prepare(resource, { ratePerSecond: 1_000, maxInFlight: 80 });
    await eventually('all lines are known', async () => {
      const keys = resources.map((resource) => `clearbid:{turnstile:${name}:${resource}}:health`);
      return (await redis.exists(...keys)) === count;
    });
    await turnstile.close();
    redis.disconnect();
    return new KnownLines(resources);
  }

  /** One that no story has used. */
  take(): string {
    const next = this.left.shift();
    if (next === undefined) throw new Error('Too few lines were made known');
    return next;
  }
}
