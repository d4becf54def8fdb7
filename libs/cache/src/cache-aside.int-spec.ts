import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Redis, type RedisOptions } from 'ioredis';
import { z } from 'zod';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { CacheAside, type CacheAsideOptions } from './cache-aside.js';

jest.setTimeout(60_000);

/** Something with a part that JSON can't hold. */
const order = z.object({
  state: z.string(),
  amount: z.codec(z.string(), z.bigint(), { decode: BigInt, encode: String }),
});
type Order = z.output<typeof order>;

const KEY = '2234974312857666561';
const VALUE_KEY = `clearbid:{cache:test:${KEY}}`;

let server: TestRedis;
let admin: Redis;
let clients: Redis[] = [];
let replicas: Replica[] = [];

async function connect(options: RedisOptions = { enableOfflineQueue: false, maxRetriesPerRequest: 0 }) {
  const redis = new Redis(server.url, { ...options, retryStrategy: () => 20, disconnectTimeout: 100 });
  redis.on('error', () => undefined);
  clients.push(redis);
  await eventually('connected to Redis', () => redis.status === 'ready');
  return redis;
}

/** How many scripts Redis has run. */
async function scriptsRun(): Promise<number> {
  const [, calls] = /cmdstat_eval:calls=(\d+)/.exec(await admin.info('commandstats')) ?? [];
  return Number(calls);
}

/** The database that all replicas read, with a table of one row, and a door that holds readers up after they have read. */
class Database {
  row: Order | null = { state: 'PAYING', amount: 50_000_000n };
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
    private readonly database: Database,
    readonly redis: Redis,
    options: Partial<CacheAsideOptions<typeof order>> = {},
  ) {
    const onError = (_error: unknown, doing: string) => this.troubles.push(doing);
    this.cache = new CacheAside({ redis, prefix: 'test', schema: order, ttlMs: 60_000, onError, ...options });
    replicas.push(this);
  }

  get(): Promise<Order | null> {
    return this.cache.get(KEY, this.database.read);
  }

  /** What a service does: the database first, then the cache. */
  async change(row: Order): Promise<void> {
    this.database.row = row;
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

const PAYING: Order = { state: 'PAYING', amount: 50_000_000n };
const PAID: Order = { state: 'PAID', amount: 50_000_000n };

let database: Database;

beforeAll(async () => {
  server = await startTestRedis();
});

beforeEach(async () => {
  await server.restart();
  admin = await connect({});
  database = new Database();
});

afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  for (const client of clients) client.disconnect();
  [clients, replicas] = [[], []];
});

afterAll(() => server.stop());

describe('reading through the cache', () => {
  it('asks the database once, and gives the same value with all its types', async () => {
    const replica = new Replica(database, await connect());
    expect(await replica.get()).toEqual(PAYING);
    expect(await replica.get()).toEqual(PAYING);
    expect(database.reads).toBe(1);
    expect(await new Replica(database, await connect()).get()).toEqual(PAYING);
    expect(database.reads).toBe(1);
    expect(replica.troubles).toEqual([]);
  });

  it('asks the database once a replica when a hundred want the same at once', async () => {
    const [one, two] = [new Replica(database, await connect()), new Replica(database, await connect())];
    const open = database.holdReaders();
    const readers = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : two).get());
    await eventually('both replicas ask', () => database.reads === 2);
    open();
    expect(new Set((await Promise.all(readers)).map((row) => row?.state))).toEqual(new Set(['PAYING']));
    expect(database.reads).toBe(2);
  });

  it('believes for a moment only that there is nothing', async () => {
    const replica = new Replica(database, await connect(), { absentTtlMs: 150 });
    database.row = null;
    expect(await replica.get()).toBeNull();
    expect(await replica.get()).toBeNull();
    expect(database.reads).toBe(1);
    database.row = PAYING;
    expect(await eventually('it is seen', () => replica.get())).toEqual(PAYING);
  });

  it('believes a value that nobody invalidated no longer than it may', async () => {
    const replica = new Replica(database, await connect(), { ttlMs: 200 });
    await replica.get();
    database.row = PAID;
    await eventually('the change is seen', async () => (await replica.get())?.state === 'PAID');
  });

  it('passes on what goes wrong in the database, and asks again the next time', async () => {
    const replica = new Replica(database, await connect());
    const { read } = database;
    const broken = new CacheAside({ redis: replica.redis, prefix: 'test', schema: order, ttlMs: 60_000 });
    const failing = () => Promise.reject(new Error('the database is away'));
    await expect(broken.get(KEY, failing)).rejects.toThrow('the database is away');
    expect(await broken.get(KEY, read)).toEqual(PAYING);
  });
});

describe('a change', () => {
  it('is seen by every replica as soon as it is invalidated', async () => {
    const [writer, reader] = [new Replica(database, await connect()), new Replica(database, await connect())];
    await reader.get();
    await writer.change(PAID);
    expect(await reader.get()).toEqual(PAID);
    expect(await writer.get()).toEqual(PAID);
  });

  it('is not undone by a slow reader who stores what it read before', async () => {
    const [writer, reader] = [new Replica(database, await connect()), new Replica(database, await connect())];
    const open = database.holdReaders();
    const slow = reader.get();
    await eventually('the reader has read the old row', () => database.reads === 1);
    await writer.change(PAID);
    open();
    expect(await slow).toEqual(PAYING);
    expect(await reader.get()).toEqual(PAID);
    expect(await writer.get()).toEqual(PAID);
  });

  it('is not undone by a slow reader across a FLUSHALL either', async () => {
    const [writer, reader] = [new Replica(database, await connect()), new Replica(database, await connect())];
    const open = database.holdReaders();
    const slow = reader.get();
    await eventually('the reader has read the old row', () => database.reads === 1);
    await writer.change(PAID);
    await admin.flushall();
    open();
    await slow;
    expect(await reader.get()).toEqual(PAID);
  });

  it('is seen by whoever asks after it, even while an older question is still being answered', async () => {
    const [writer, reader] = [new Replica(database, await connect()), new Replica(database, await connect())];
    const open = database.holdReaders();
    const before = reader.get();
    await eventually('the reader has read the old row', () => database.reads === 1);
    await writer.change(PAID);
    const after = reader.get();
    await eventually('the row is read again', () => database.reads === 2);
    open();
    expect(await before).toEqual(PAYING);
    expect(await after).toEqual(PAID);
    expect(await reader.get()).toEqual(PAID);
    expect(database.reads).toBe(2);
  });
});

describe('questions at the same time', () => {
  it('share the newest answer that is on its way, also when an older one has just come in', async () => {
    const replica = new Replica(database, await connect());
    const openFirst = database.holdReaders();
    const first = replica.get();
    await eventually('the row is read', () => database.reads === 1);
    await replica.change(PAID);
    const openSecond = database.holdReaders();
    const second = replica.get();
    await eventually('the row is read again', () => database.reads === 2);
    openFirst();
    await first;
    const scripts = await scriptsRun();
    const third = replica.get();
    await eventually('the third has found nothing, too', async () => (await scriptsRun()) > scripts);
    openSecond();
    expect(await Promise.all([second, third])).toEqual([PAID, PAID]);
    expect(database.reads).toBe(2);
  });
});

describe('the second deletion', () => {
  const SOON = { secondDeleteAfterMs: 200 };

  it('heals what a lagging copy of the database put back', async () => {
    const replica = new Replica(database, await connect(), SOON).startSweeping();
    await replica.invalidate();
    expect(await replica.get()).toEqual(PAYING);
    database.row = PAID;
    await eventually('the old value is gone', async () => (await replica.get())?.state === 'PAID');
    expect(replica.troubles).toEqual([]);
  });

  it('comes even if the process that made the change is gone', async () => {
    const gone = new Replica(database, await connect(), SOON);
    const other = new Replica(database, await connect(), SOON).startSweeping();
    await gone.invalidate();
    gone.redis.disconnect();
    expect(await other.get()).toEqual(PAYING);
    database.row = PAID;
    await eventually('the old value is gone', async () => (await other.get())?.state === 'PAID');
  });

  it('is done once: afterwards the value stays', async () => {
    const replica = new Replica(database, await connect(), SOON).startSweeping();
    await replica.invalidate();
    await eventually('nothing is left to delete', async () => (await admin.keys('*doomed*')).length === 0);
    await replica.get();
    const ttl = await admin.pttl(VALUE_KEY);
    await eventually('two more sweeps', async () => (await admin.pttl(VALUE_KEY)) < ttl - 2 * 200);
    await replica.get();
    expect(database.reads).toBe(1);
  });
});

describe('a cache that can’t be trusted', () => {
  it.each([
    ['no JSON', 'PAYING'],
    ['of another shape', '{"state":"PAYING"}'],
    ['of another type', '{"state":"PAYING","amount":50}'],
    ['empty', ''],
  ])('an entry that is %s is replaced by the truth', async (_words, text) => {
    const replica = new Replica(database, await connect());
    await admin.set(VALUE_KEY, text);
    expect(await replica.get()).toEqual(PAYING);
    expect(await replica.get()).toEqual(PAYING);
    expect(database.reads).toBe(1);
    expect(replica.troubles).toEqual(['understand the cache']);
  });

  it('a value that can’t be stored is handed out all the same', async () => {
    const replica = new Replica(database, await connect());
    database.row = { state: 'PAYING', amount: 'fifty' } as unknown as Order;
    expect(await replica.get()).toEqual({ state: 'PAYING', amount: 'fifty' });
    expect(replica.troubles).toEqual(['fill the cache']);
  });
});

describe('without Redis', () => {
  it('everybody is answered from the database, and from the cache again later', async () => {
    const replica = new Replica(database, await connect());
    await replica.get();
    await server.kill();
    await eventually('the connection is gone', () => replica.redis.status !== 'ready');
    database.row = PAID;
    expect(await replica.get()).toEqual(PAID);
    expect(await replica.get()).toEqual(PAID);
    expect(database.reads).toBe(3);
    await server.restart();
    await eventually('connected again', () => replica.redis.status === 'ready');
    await replica.get();
    await replica.get();
    expect(database.reads).toBe(4);
  });

  it('nobody is handed an answer that was on its way before the change', async () => {
    const replica = new Replica(database, await connect());
    await server.kill();
    await eventually('the connection is gone', () => replica.redis.status !== 'ready');
    const open = database.holdReaders();
    const before = replica.get();
    await eventually('the row is read', () => database.reads === 1);
    await replica.change(PAID);
    const after = replica.get();
    open();
    expect(await before).toEqual(PAYING);
    expect(await after).toEqual(PAID);
  });

  it('that hangs, nobody waits for long, even with a client that would', async () => {
    const replica = new Replica(database, await connect({}));
    await admin.call('CLIENT', 'PAUSE', '3000', 'ALL');
    const startedAt = performance.now();
    expect(await replica.get()).toEqual(PAYING);
    await replica.change(PAID);
    expect(await replica.get()).toEqual(PAID);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('a change does not fail; its replica reads the truth at once, the others when it has reached Redis', async () => {
    const cutOff = new Replica(database, await connect()).startSweeping();
    const other = new Replica(database, await connect());
    await other.get();
    cutOff.redis.disconnect();
    await eventually('the connection is gone', () => cutOff.redis.status === 'end');
    await cutOff.change(PAID);
    expect(cutOff.troubles).toContain('delete from the cache');
    expect(await cutOff.get()).toEqual(PAID);
    expect(await other.get()).toEqual(PAYING);
    await cutOff.redis.connect();
    expect(await cutOff.get()).toEqual(PAID);
    await eventually('the other sees it too', async () => (await other.get())?.state === 'PAID');
  });
});
