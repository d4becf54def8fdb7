import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import { LockServer } from './lock-server.js';

/** A Redis that takes longer is worth no waiting: there is a way on without it. */
const COMMAND_TIMEOUT_MS = 150;

/** The library, for one acquisition, so that what the servers answer is known to be about this one. */
export class Acquisition {
  private readonly servers: readonly LockServer[];
  private readonly redlock: Redlock;

  constructor(redis: readonly Redis[]) {
    this.servers = redis.map((client) => new LockServer(client, COMMAND_TIMEOUT_MS));
    // Its types ask for a whole Redis client; these two commands are all that it calls. One try each time: how long to
    // wait, and what a failure means, is decided here.
    const clients = this.servers as unknown as Redlock.CompatibleRedisClient[];
    this.redlock = new Redlock(clients, { retryCount: 0 });
  }

  get majorityAnswers(): boolean {
    return this.servers.filter(({ answers }) => answers).length > this.servers.length / 2;
  }

  /** @returns undefined when it was not granted. */
  lock(key: string, ttlMs: number): Promise<Redlock.Lock | undefined> {
    return this.attempt(() => this.redlock.lock(key, ttlMs));
  }

  /** @returns undefined when it is not held any more, as far as can be known. */
  extend(lock: Redlock.Lock, ttlMs: number): Promise<Redlock.Lock | undefined> {
    return this.attempt(() => lock.extend(ttlMs));
  }

  /** @returns whether it was still held. */
  async unlock(lock: Redlock.Lock): Promise<boolean> {
    const unlocked = await this.attempt(async () => {
      await lock.unlock();
      return true;
    });
    return unlocked ?? false;
  }

  private async attempt<T>(command: () => PromiseLike<T>): Promise<T | undefined> {
    for (const server of this.servers) server.beginAttempt();
    try {
      return await command();
    } catch (error) {
      if (error instanceof Redlock.LockError) return undefined;
      throw error;
    }
  }
}
