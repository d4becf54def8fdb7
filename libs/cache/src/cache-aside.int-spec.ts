import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { CacheAside } from './cache-aside.js';
import { KEY, type OrderTable, PAID, PAYING, Replicas, VALUE_KEY, order } from './testing/order-replicas.js';

jest.setTimeout(60_000);

let server: TestRedis;
let admin: Redis;
let replicas: Replicas;
let table: OrderTable;

beforeAll(async () => {
  server = await startTestRedis();
});

beforeEach(async () => {
  await server.restart();
  replicas = new Replicas(server.url);
  admin = await replicas.connect({});
  ({ table } = replicas);
});

afterEach(() => replicas.stop());

afterAll(() => server.stop());

/** How many scripts Redis has run. */
async function scriptsRun(): Promise<number> {
  const [, calls] = /cmdstat_eval:calls=(\d+)/.exec(await admin.info('commandstats')) ?? [];
  return Number(calls);
}

describe('reading through the cache', () => {
  it('asks the database once, and gives the same value with all its types', async () => {
    const replica = await replicas.add();
    expect(await replica.get()).toEqual(PAYING);
    expect(await replica.get()).toEqual(PAYING);
    expect(table.reads).toBe(1);
    expect(await (await replicas.add()).get()).toEqual(PAYING);
    expect(table.reads).toBe(1);
    expect(replica.troubles).toEqual([]);
  });

  it('asks the database once a replica when a hundred want the same at once', async () => {
    const [one, two] = [await replicas.add(), await replicas.add()];
    const open = table.holdReaders();
    const readers = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : two).get());
    await eventually('both replicas ask', () => table.reads === 2);
    open();
    expect(new Set((await Promise.all(readers)).map((row) => row?.state))).toEqual(new Set(['PAYING']));
    expect(table.reads).toBe(2);
  });

  it('believes for a moment only that there is nothing', async () => {
    const replica = await replicas.add({ absentTtlMs: 150 });
    table.row = null;
    expect(await replica.get()).toBeNull();
    expect(await replica.get()).toBeNull();
    expect(table.reads).toBe(1);
    table.row = PAYING;
    expect(await eventually('it is seen', () => replica.get())).toEqual(PAYING);
  });

  it('believes a value that nobody invalidated no longer than it may', async () => {
    const replica = await replicas.add({ ttlMs: 200 });
    await replica.get();
    table.row = PAID;
    await eventually('the change is seen', async () => (await replica.get())?.state === 'PAID');
  });

  it('passes on what goes wrong in the database, and asks again the next time', async () => {
    const replica = await replicas.add();
    const { read } = table;
    const broken = new CacheAside({ redis: replica.redis, prefix: 'test', schema: order, ttlMs: 60_000 });
    const failing = () => Promise.reject(new Error('the database is away'));
    await expect(broken.get(KEY, failing)).rejects.toThrow('the database is away');
    expect(await broken.get(KEY, read)).toEqual(PAYING);
  });
});

describe('a change', () => {
  it('is seen by every replica as soon as it is invalidated', async () => {
    const [writer, reader] = [await replicas.add(), await replicas.add()];
    await reader.get();
    await writer.change(PAID);
    expect(await reader.get()).toEqual(PAID);
    expect(await writer.get()).toEqual(PAID);
  });

  it('is not undone by a slow reader who stores what it read before', async () => {
    const [writer, reader] = [await replicas.add(), await replicas.add()];
    const open = table.holdReaders();
    const slow = reader.get();
    await eventually('the reader has read the old row', () => table.reads === 1);
    await writer.change(PAID);
    open();
    expect(await slow).toEqual(PAYING);
    expect(await reader.get()).toEqual(PAID);
    expect(await writer.get()).toEqual(PAID);
  });

  it('is not undone by a slow reader across a FLUSHALL either', async () => {
    const [writer, reader] = [await replicas.add(), await replicas.add()];
    const open = table.holdReaders();
    const slow = reader.get();
    await eventually('the reader has read the old row', () => table.reads === 1);
    await writer.change(PAID);
    await admin.flushall();
    open();
    await slow;
    expect(await reader.get()).toEqual(PAID);
  });

  it('is seen by whoever asks after it, even while an older question is still being answered', async () => {
    const [writer, reader] = [await replicas.add(), await replicas.add()];
    const open = table.holdReaders();
    const before = reader.get();
    await eventually('the reader has read the old row', () => table.reads === 1);
    await writer.change(PAID);
    const after = reader.get();
    await eventually('the row is read again', () => table.reads === 2);
    open();
    expect(await before).toEqual(PAYING);
    expect(await after).toEqual(PAID);
    expect(await reader.get()).toEqual(PAID);
    expect(table.reads).toBe(2);
  });
});

describe('questions at the same time', () => {
  it('share the newest answer that is on its way, also when an older one has just come in', async () => {
    const replica = await replicas.add();
    const openFirst = table.holdReaders();
    const first = replica.get();
    await eventually('the row is read', () => table.reads === 1);
    await replica.change(PAID);
    const openSecond = table.holdReaders();
    const second = replica.get();
    await eventually('the row is read again', () => table.reads === 2);
    openFirst();
    await first;
    const scripts = await scriptsRun();
    const third = replica.get();
    await eventually('the third has found nothing, too', async () => (await scriptsRun()) > scripts);
    openSecond();
    expect(await Promise.all([second, third])).toEqual([PAID, PAID]);
    expect(table.reads).toBe(2);
  });
});

describe('the second deletion', () => {
  const SOON = { secondDeleteAfterMs: 200 };

  it('heals what a lagging copy of the database put back', async () => {
    const replica = (await replicas.add(SOON)).startSweeping();
    await replica.invalidate();
    expect(await replica.get()).toEqual(PAYING);
    table.row = PAID;
    await eventually('the old value is gone', async () => (await replica.get())?.state === 'PAID');
    expect(replica.troubles).toEqual([]);
  });

  it('comes even if the process that made the change is gone', async () => {
    const gone = await replicas.add(SOON);
    const other = (await replicas.add(SOON)).startSweeping();
    await gone.invalidate();
    gone.redis.disconnect();
    expect(await other.get()).toEqual(PAYING);
    table.row = PAID;
    await eventually('the old value is gone', async () => (await other.get())?.state === 'PAID');
  });

  it('is done once: afterwards the value stays', async () => {
    const replica = (await replicas.add(SOON)).startSweeping();
    await replica.invalidate();
    await eventually('nothing is left to delete', async () => (await admin.keys('*doomed*')).length === 0);
    await replica.get();
    const ttl = await admin.pttl(VALUE_KEY);
    await eventually('two more sweeps', async () => (await admin.pttl(VALUE_KEY)) < ttl - 2 * 200);
    await replica.get();
    expect(table.reads).toBe(1);
  });
});
