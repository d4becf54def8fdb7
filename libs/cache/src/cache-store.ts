import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { BEGIN_LOAD, DOOM, FIND_DUE, STORE, STRIKE_OFF } from './cache-scripts.js';

/** Longer than any load that is worth storing takes; what takes longer is handed out, but not stored. */
export const LEASE_MS = 10_000;
/** A cache that takes longer is slower than the database that it is there for. */
const COMMAND_TIMEOUT_MS = 150;

/** What stands in Redis for a key: text, or the lease under which to load it. */
export type Found = { readonly text: string } | { readonly lease: string };

/**
 * One cache's part of Redis. Every command is answered or fails within 150 ms, whatever the connection does.
 *
 * A key's value and lease share a hash tag, so that they lie in one slot of a Redis Cluster.
 */
export class CacheStore {
  private readonly doomedKey: string;

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    this.doomedKey = `clearbid:{cache-doomed:${prefix}}`;
  }

  /** The quick way to find out that there is something; most reads end here. */
  read(key: string): Promise<string | null> {
    return this.inTime(() => this.redis.get(this.valueKey(key)));
  }

  /** @param unusable a value that was read and made no sense: to be replaced if it is still there. */
  async beginLoad(key: string, unusable: string): Promise<Found> {
    const [text, lease] = (await this.inTime(() =>
      this.redis.eval(BEGIN_LOAD, 2, ...this.keysOf(key), randomUUID(), LEASE_MS, unusable),
    )) as [string | null, string | null];
    return text === null ? { lease: lease ?? '' } : { text };
  }

  /** Does nothing when the key was invalidated since the lease was given. */
  async store(key: string, lease: string, text: string, lifeMs: number): Promise<void> {
    await this.inTime(() => this.redis.eval(STORE, 2, ...this.keysOf(key), lease, text, lifeMs));
  }

  /** Deletes the value, and the right to store what is being loaded. */
  async delete(keys: readonly string[]): Promise<void> {
    await this.inTime(() => Promise.all(keys.map((key) => this.redis.del(...this.keysOf(key)))));
  }

  /** Has the key deleted once more later, by whichever replica sweeps then. */
  async doom(key: string, afterMs: number): Promise<void> {
    await this.inTime(() => this.redis.eval(DOOM, 1, this.doomedKey, afterMs, key));
  }

  /** Carries out the second deletions that are due. @returns how many there were. */
  async deleteDoomed(atMost: number): Promise<number> {
    const due = (await this.inTime(() => this.redis.eval(FIND_DUE, 1, this.doomedKey, atMost))) as string[];
    if (due.length === 0) return 0;
    const keys = due.filter((_, index) => index % 2 === 0);
    // First deleted, then struck off: who dies in between leaves the rest to another.
    await this.delete(keys);
    await this.inTime(() => this.redis.eval(STRIKE_OFF, 1, this.doomedKey, ...due));
    return keys.length;
  }

  private keysOf(key: string): [value: string, lease: string] {
    return [this.valueKey(key), `${this.valueKey(key)}:lease`];
  }

  private valueKey(key: string): string {
    return `clearbid:{cache:${this.prefix}:${key}}`;
  }

  private async inTime<T>(command: () => Promise<T>): Promise<T> {
    // With an offline queue the command would wait for the connection. A client in `wait` connects at its first command.
    if (this.redis.status !== 'ready' && this.redis.status !== 'wait') {
      throw new Error(`Redis is ${this.redis.status}`);
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`Redis did not answer within ${COMMAND_TIMEOUT_MS} ms`);
      timer = setTimeout(() => reject(error), COMMAND_TIMEOUT_MS);
    });
    try {
      return await Promise.race([command(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
