import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import { DomainError } from '#libs/contracts';

/**
 * Keeps two from working on one owner's wallet at a time. Admission control, nothing more: a holder that was paused
 * for longer than its lock goes on writing, so what must be right is made right by the database (its versions,
 * sequences and unique keys), with this lock held by one, by everybody, or by nobody.
 */
export abstract class OwnerLock {
  /**
   * Runs `work` while holding the owner's lock.
   *
   * @param work its signal is aborted if the lock is lost meanwhile; it may go on all the same.
   * @throws DomainError `WALLET_BUSY` when others held the lock for too long: `work` was not run.
   */
  abstract withLock<T>(owner: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Grants every lock to everybody: for installations that leave the order to MySQL alone. */
export class EverybodysLock extends OwnerLock {
  withLock<T>(_owner: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return work(new AbortController().signal);
  }
}

export interface LockObserver {
  /** `work` runs without the lock, or goes on after having lost it. */
  onUnlocked(owner: string, reason: 'redis-unreachable' | 'lost'): void;
}

export interface RedlockOwnerLockOptions {
  /** Its commands must fail fast: no offline queue, a short command time-out. */
  readonly redis: Redis;
  readonly observer: LockObserver;
  /** How long a lock outlives a holder that died, 10,000. */
  readonly ttlMs?: number;
  /** How long to wait for somebody else's lock, 3,000. */
  readonly waitMs?: number;
}

const DEFAULT_TTL_MS = 10_000;
const DEFAULT_WAIT_MS = 3_000;
/** The library's own 200 ms would make the 99th percentile of a busy wallet 700 ms; see the ledger's measurements. */
const RETRY_DELAY_MS = 4;
const EXTENSIONS_PER_TTL = 3;

/**
 * Redlock (Sanfilippo, "Distributed Locks with Redis") with a watchdog: extended at a third of its life for as long as
 * the work runs, released when it ends. Without Redis the work runs unlocked.
 */
export class RedlockOwnerLock extends OwnerLock {
  private readonly redlock: Redlock;
  private readonly ttlMs: number;
  private readonly waitMs: number;
  private clientErrors = 0;

  constructor(private readonly options: RedlockOwnerLockOptions) {
    super();
    this.ttlMs = options.ttlMs ?? DEFAULT_TTL_MS;
    this.waitMs = options.waitMs ?? DEFAULT_WAIT_MS;
    // Its types know of clients with callbacks only; ioredis takes them too. One try each time: how long to wait, and what a failure means, is decided here.
    this.redlock = new Redlock([options.redis as unknown as Redlock.CompatibleRedisClient], { retryCount: 0 });
    this.redlock.on('clientError', () => (this.clientErrors += 1));
  }

  async withLock<T>(owner: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const lock = await this.acquire(owner);
    if (!lock) {
      this.options.observer.onUnlocked(owner, 'redis-unreachable');
      return work(controller.signal);
    }
    const stopWatchdog = this.watch(owner, lock, controller);
    try {
      return await work(controller.signal);
    } finally {
      await stopWatchdog();
    }
  }

  /** @returns undefined when Redis can't be asked. */
  private async acquire(owner: string): Promise<Redlock.Lock | undefined> {
    const giveUpAt = performance.now() + this.waitMs;
    for (;;) {
      const errorsBefore = this.clientErrors;
      try {
        return await this.redlock.lock(`clearbid:{lock:${owner}}`, this.ttlMs);
      } catch {
        if (this.options.redis.status !== 'ready' || this.clientErrors > errorsBefore) return undefined;
      }
      if (performance.now() >= giveUpAt) {
        throw new DomainError('WALLET_BUSY', `Wallet ${owner} has been busy for ${this.waitMs} ms: try again`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * (0.5 + Math.random())));
    }
  }

  /** @returns ends the watch and gives the lock back. */
  private watch(owner: string, acquired: Redlock.Lock, controller: AbortController): () => Promise<void> {
    let lock = acquired;
    let extending: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      extending = this.extend(lock).then((extended) => {
        if (extended) {
          lock = extended;
          return;
        }
        clearInterval(timer);
        if (controller.signal.aborted) return;
        controller.abort(new Error(`The lock of wallet ${owner} was lost`));
        this.options.observer.onUnlocked(owner, 'lost');
      });
    }, this.ttlMs / EXTENSIONS_PER_TTL);
    return async () => {
      clearInterval(timer);
      await extending;
      // What can't be given back runs out by itself.
      await Promise.resolve(lock.unlock()).catch(() => undefined);
    };
  }

  private async extend(lock: Redlock.Lock): Promise<Redlock.Lock | undefined> {
    try {
      return await lock.extend(this.ttlMs);
    } catch {
      return undefined;
    }
  }
}
