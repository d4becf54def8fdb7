import type { Redis } from 'ioredis';
import { keys } from './keys.js';

/** Which replicas of a service are alive: each keeps a key that expires when it stops renewing it. */
export class Roster {
  constructor(
    private readonly redis: Redis,
    private readonly service: string,
  ) {}

  async renew(consumer: string, aliveMs: number): Promise<void> {
    await this.redis.set(keys.alive(this.service, consumer), '1', 'PX', aliveMs);
  }

  async leave(consumer: string): Promise<void> {
    await this.redis.del(keys.alive(this.service, consumer));
  }

  async living(consumers: readonly string[]): Promise<ReadonlySet<string>> {
    if (consumers.length === 0) return new Set();
    const values = await this.redis.mget(consumers.map((consumer) => keys.alive(this.service, consumer)));
    return new Set(consumers.filter((_, index) => values[index] !== null));
  }
}
