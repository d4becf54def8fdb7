import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { z } from 'zod';
import { CacheAside, type CacheAsideOptions } from '../cache-aside.js';

/** Something with a part that JSON can't hold. */
export const order = z.object({
  state: z.string(),
  amount: z.codec(z.string(), z.bigint(), { decode: BigInt, encode: String }),
});
export type Order = z.output<typeof order>;

export const KEY = '2234974312857666561';
/** Where the value of that key stands in Redis. */
export const VALUE_KEY = `clearbid:{cache:test:${KEY}}`;

export const PAYING: Order = { state: 'PAYING', amount: 50_000_000n };
export const PAID: Order = { state: 'PAID', amount: 50_000_000n };

/** The table that all replicas read: one row, and a door that holds readers up after they have read. */
export class OrderTable {
  row: Order | null = PAYING;
  reads = 0;
  private door: Promise<void> | undefined;

  /** @returns opens the door again */
  holdReaders(): () => void {
    let open = () => {};
    const door = new Promise<void>((resolve) => (open = resolve));
    this.door = door;
    return () => {
      if (this.door === door) this.door = undefined;
      open();
    };
  }

  readonly read = async (): Promise<Order | null> => {
    this.reads += 1;
    const { row, door } = this;
    await (door ?? new Promise((resolve) => setImmediate(resolve)));
    return row;
  };
}

/** One replica of a service, which reads orders through its cache. */
class Replica {
  readonly troubles: string[] = [];
  private readonly cache: CacheAside<typeof order>;

  constructor(
    private readonly table: OrderTable,
    readonly redis: Redis,
    options: Partial<CacheAsideOptions<typeof order>> = {},
  ) {
    const onError = (_error: unknown, doing: string) => this.troubles.push(doing);
    this.cache = new CacheAside({ redis, prefix: 'test', schema: order, ttlMs: 60_000, onError, ...options });
  }

  get(): Promise<Order | null> {
    return this.cache.get(KEY, this.table.read);
  }

  /** What a service does: the database first, then the cache. */
  async change(row: Order): Promise<void> {
    this.table.row = row;
    await this.cache.invalidate(KEY);
  }

  invalidate(): Promise<void> {
    return this.cache.invalidate(KEY);
  }

  startSweeping(): this {
    this.cache.start();
    return this;
  }

  stop(): Promise<void> {
    return this.cache.stop();
  }
}

/** As the services connect: what can't be sent now fails now. */
const FAIL_FAST: RedisOptions = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };

/** The replicas of a service: one table, one Redis, a connection each. */
export class Replicas {
  readonly table = new OrderTable();
  private readonly clients: Redis[] = [];
  private readonly replicas: Replica[] = [];

  constructor(private readonly redisUrl: string) {}

  async add(
    options: Partial<CacheAsideOptions<typeof order>> = {},
    connection = FAIL_FAST,
  ): Promise<Replica> {
    const replica = new Replica(this.table, await this.connect(connection), options);
    this.replicas.push(replica);
    return replica;
  }

  async connect(connection: RedisOptions): Promise<Redis> {
    const redis = new Redis(this.redisUrl, {
      ...connection,
      retryStrategy: () => 20,
      disconnectTimeout: 100,
    });
    redis.on('error', () => undefined);
    this.clients.push(redis);
    await once(redis, 'ready');
    return redis;
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    for (const client of this.clients) client.disconnect();
  }
}
