import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Sweep } from '#libs/jobs';
import { CacheStore, LEASE_MS } from './cache-store.js';
import { UnreachedKeys } from './unreached-keys.js';

export interface CacheAsideOptions<Schema extends z.ZodType> {
  readonly redis: Redis;
  /** Keeps this cache's keys apart from all others'. */
  readonly prefix: string;
  /** What is cached; encoded on the way in, decoded (and so checked) on the way out. */
  readonly schema: Schema;
  /** How long a value that nobody invalidated is believed, ms. */
  readonly ttlMs: number;
  /** How long "there is none" is believed, ms; 1,000: it may come into being without anybody invalidating it. */
  readonly absentTtlMs?: number;
  /** How long after a change its second deletion comes, ms; 500. */
  readonly secondDeleteAfterMs?: number;
  /** Told of what went wrong with Redis: "could not … the cache". */
  readonly onError?: (error: unknown, doing: string) => void;
}

/** No JSON text. */
const ABSENT = 'absent';
const DEFAULT_ABSENT_TTL_MS = 1_000;
const DEFAULT_SECOND_DELETE_AFTER_MS = 500;
const SWEEP_BATCH = 200;

interface Loading<T> {
  /** Undefined when Redis could not be asked for one. */
  readonly lease: string | undefined;
  readonly value: Promise<T>;
}

/**
 * Cache-aside with delayed double delete (DESIGN §5): reads ask Redis and then the database; a change goes to the
 * database, and then the key is deleted, and once more after a short delay.
 *
 * The race that cache-aside is known for (a slow reader stores the old value after the change was invalidated) is closed
 * by leases, see `cache-scripts.ts`. The second deletion is there for what a lease can't see: a load that began after the
 * invalidation and yet read the old truth (from a database replica that lags behind), and a Redis that lost the first
 * deletion in a failover. Both heal after `secondDeleteAfterMs` instead of `ttlMs`. It is a note in Redis that every
 * replica sweeps, so that it comes even if the process that made the change is gone.
 */
export class CacheAside<Schema extends z.ZodType> {
  private readonly store: CacheStore;
  private readonly loading = new Map<string, Loading<z.output<Schema> | null>>();
  private readonly unreached: UnreachedKeys;
  private readonly secondDeleteAfterMs: number;
  private readonly sweeper: Sweep;

  constructor(private readonly options: CacheAsideOptions<Schema>) {
    this.store = new CacheStore(options.redis, options.prefix);
    this.unreached = new UnreachedKeys(LEASE_MS + options.ttlMs);
    this.secondDeleteAfterMs = options.secondDeleteAfterMs ?? DEFAULT_SECOND_DELETE_AFTER_MS;
    this.sweeper = new Sweep({
      name: `delete invalidated ${options.prefix} again in the cache`,
      everyMs: this.secondDeleteAfterMs / 2,
      batch: SWEEP_BATCH,
      work: () => this.sweep(),
      onError: (error, name) => this.options.onError?.(error, name),
    });
  }

  /** Begins to carry out the second deletions: its own, and those of replicas that died. */
  start(): void {
    this.sweeper.start();
  }

  /** Resolves when the sweep that is under way has ended. */
  stop(): Promise<void> {
    return this.sweeper.stop();
  }

  /**
   * Reads through the cache: never older than the last invalidation that reached Redis before this was called.
   *
   * @param load reads the truth, null when there is none; concurrent misses of this process share one call.
   * @returns a value that is shared with other callers: don't change it.
   * @throws whatever `load` throws; never anything of Redis.
   */
  async get(key: string, load: () => Promise<z.output<Schema> | null>): Promise<z.output<Schema> | null> {
    const found = this.unreached.has(key) ? { lease: undefined } : await this.find(key);
    if ('value' in found) return found.value;
    const running = this.loading.get(key);
    // Under another lease it began before an invalidation (perhaps by another replica) that we must not fall behind.
    if (running && running.lease === found.lease) return running.value;
    const loading = { lease: found.lease, value: this.loadAndStore(key, found.lease, load) };
    this.loading.set(key, loading);
    try {
      return await loading.value;
    } finally {
      if (this.loading.get(key) === loading) this.loading.delete(key);
    }
  }

  /**
   * To be called when a change is committed: deletes now, and has it deleted once more a little later. Never fails: when
   * Redis can't be reached, this replica reads from the database until it has caught up on the deletion.
   */
  async invalidate(key: string): Promise<void> {
    // A load that is under way read the old truth; whoever asks from now on must not be handed it.
    this.loading.delete(key);
    try {
      await this.deleteTwice(key);
    } catch (error) {
      this.unreached.add(key);
      this.options.onError?.(error, 'delete from the cache');
    }
  }

  private async find(
    key: string,
  ): Promise<{ value: z.output<Schema> | null } | { lease: string | undefined }> {
    try {
      const text = await this.store.read(key);
      const cached = this.decode(text);
      if (cached) return cached;
      const found = await this.store.beginLoad(key, text ?? '');
      return 'lease' in found ? found : (this.decode(found.text) ?? { lease: undefined });
    } catch (error) {
      this.options.onError?.(error, 'read the cache');
      return { lease: undefined };
    }
  }

  /** @returns undefined for what makes no sense, such as a value that an older release has stored. */
  private decode(text: string | null): { value: z.output<Schema> | null } | undefined {
    if (text === null) return undefined;
    if (text === ABSENT) return { value: null };
    try {
      return { value: z.decode(this.options.schema, JSON.parse(text) as z.input<Schema>) };
    } catch (error) {
      this.options.onError?.(error, 'understand the cache');
      return undefined;
    }
  }

  private async loadAndStore(
    key: string,
    lease: string | undefined,
    load: () => Promise<z.output<Schema> | null>,
  ): Promise<z.output<Schema> | null> {
    const value = await load();
    if (lease === undefined) return value;
    const { schema, ttlMs, absentTtlMs = DEFAULT_ABSENT_TTL_MS } = this.options;
    try {
      const text = value === null ? ABSENT : JSON.stringify(z.encode(schema, value));
      await this.store.store(key, lease, text, value === null ? absentTtlMs : ttlMs);
    } catch (error) {
      this.options.onError?.(error, 'fill the cache');
    }
    return value;
  }

  private async deleteTwice(key: string): Promise<void> {
    await Promise.all([this.store.delete([key]), this.store.doom(key, this.secondDeleteAfterMs)]);
  }

  private async sweep(): Promise<number> {
    await this.unreached.forEach((key) => this.deleteTwice(key));
    return this.store.deleteDoomed(SWEEP_BATCH);
  }
}
