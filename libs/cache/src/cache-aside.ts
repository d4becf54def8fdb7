import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Sweep } from '#libs/jobs';

export interface CacheAsideOptions<Schema extends z.ZodType> {
  /** Its commands must fail fast: without Redis every read goes to the database. */
  readonly redis: Redis;
  /** Keeps this cache's keys apart from all others'. */
  readonly prefix: string;
  /** What is cached; encoded on the way in, decoded (and so checked) on the way out. */
  readonly schema: Schema;
  /** How long a value that nobody invalidated is believed. */
  readonly ttlMs: number;
  /** How long "there is none" is believed, 1,000: it may come into being without anybody invalidating it. */
  readonly absentTtlMs?: number;
  /** How long after a change its second deletion comes, 500. */
  readonly secondDeleteAfterMs?: number;
  readonly onError?: (error: unknown, doing: string) => void;
}

const ABSENT = 'absent';
/** Longer than any load takes: a load that began before an invalidation finds the generation changed. */
const GENERATION_TTL_MS = 120_000;
const SWEEP_BATCH = 200;

/** Stores what was loaded unless the key was invalidated since the load began. */
const FILL = `
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

const INVALIDATE = `
redis.call('DEL', KEYS[1])
redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 1`;

/**
 * Cache-aside: reads ask Redis and then the database; a change invalidates. The race that cache-aside is known for (a
 * slow reader stores the old value after the change was invalidated) is closed by a generation per key, which the
 * reader takes before loading and must still find when it stores (the leases of Nishtala et al., "Scaling Memcache at
 * Facebook", NSDI'13). On top of that every invalidation is repeated after a short delay, from a list in Redis that
 * every replica sweeps: that heals what was stored across a `FLUSHALL`, which forgets generations too.
 */
export class CacheAside<Schema extends z.ZodType> {
  private readonly loading = new Map<string, Promise<z.output<Schema> | null>>();
  private readonly doomedKey: string;
  private readonly sweeper: Sweep;

  constructor(private readonly options: CacheAsideOptions<Schema>) {
    this.doomedKey = `clearbid:{cache-doomed:${options.prefix}}`;
    this.sweeper = new Sweep({
      name: `delete invalidated ${options.prefix} a second time`,
      everyMs: (options.secondDeleteAfterMs ?? 500) / 2,
      batch: SWEEP_BATCH,
      work: () => this.deleteDoomed(),
      onError: (error, name) => this.options.onError?.(error, name),
    });
  }

  /** Begins to carry out the second deletions, its own and those of replicas that died. */
  start(): void {
    this.sweeper.start();
  }

  stop(): Promise<void> {
    return this.sweeper.stop();
  }

  /**
   * @param load reads the truth; concurrent misses of this process share one call.
   * @throws whatever `load` throws; never anything of Redis.
   */
  async get(key: string, load: () => Promise<z.output<Schema> | null>): Promise<z.output<Schema> | null> {
    const cached = await this.read(key);
    if (cached.hit) return cached.value;
    const running = this.loading.get(key);
    if (running) return running;
    const loaded = this.loadAndFill(key, load, cached.generation).finally(() => this.loading.delete(key));
    this.loading.set(key, loaded);
    return loaded;
  }

  /** After the change is committed: deletes now, and once more a little later. @throws when Redis can't be reached. */
  async invalidate(key: string): Promise<void> {
    // A load that is under way read the old truth; whoever asks from now on must not be handed it.
    this.loading.delete(key);
    const dueAt = Date.now() + (this.options.secondDeleteAfterMs ?? 500);
    await Promise.all([this.deleteNow(key), this.options.redis.zadd(this.doomedKey, dueAt, key)]);
  }

  private async read(
    key: string,
  ): Promise<{ hit: true; value: z.output<Schema> | null } | { hit: false; generation: string | null }> {
    try {
      const [text, generation] = await this.options.redis.mget(this.valueKey(key), this.generationKey(key));
      if (text === ABSENT) return { hit: true, value: null };
      if (typeof text === 'string') {
        const decoded = z.safeDecode(this.options.schema, JSON.parse(text) as z.input<Schema>);
        if (decoded.success) return { hit: true, value: decoded.data };
      }
      return { hit: false, generation: generation ?? '0' };
    } catch (error) {
      this.options.onError?.(error, 'read the cache');
      return { hit: false, generation: null };
    }
  }

  private async loadAndFill(
    key: string,
    load: () => Promise<z.output<Schema> | null>,
    generation: string | null,
  ): Promise<z.output<Schema> | null> {
    const value = await load();
    if (generation === null) return value;
    const { redis, schema, ttlMs, absentTtlMs = 1_000 } = this.options;
    const text = value === null ? ABSENT : JSON.stringify(z.encode(schema, value));
    try {
      const lifeMs = value === null ? absentTtlMs : ttlMs;
      await redis.eval(FILL, 2, this.valueKey(key), this.generationKey(key), generation, text, lifeMs);
    } catch (error) {
      this.options.onError?.(error, 'fill the cache');
    }
    return value;
  }

  private deleteNow(key: string): Promise<unknown> {
    return this.options.redis.eval(
      INVALIDATE,
      2,
      this.valueKey(key),
      this.generationKey(key),
      GENERATION_TTL_MS,
    );
  }

  private async deleteDoomed(): Promise<number> {
    const { redis } = this.options;
    const keys = await redis.zrangebyscore(this.doomedKey, '-inf', Date.now(), 'LIMIT', 0, SWEEP_BATCH);
    for (const key of keys) {
      await this.deleteNow(key);
      await redis.zrem(this.doomedKey, key);
    }
    return keys.length;
  }

  private valueKey(key: string): string {
    return `clearbid:{cache:${this.options.prefix}:${key}}`;
  }

  private generationKey(key: string): string {
    return `${this.valueKey(key)}:generation`;
  }
}
