import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { type Order, type OrderTable, PAID, PAYING, Replicas, VALUE_KEY } from './testing/order-replicas.js';

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

describe('a cache that can’t be trusted', () => {
  it.each([
    ['no JSON', 'PAYING'],
    ['of another shape', '{"state":"PAYING"}'],
    ['of another type', '{"state":"PAYING","amount":50}'],
    ['empty', ''],
  ])('an entry that is %s is replaced by the truth', async (_words, text) => {
    const replica = await replicas.add();
    await admin.set(VALUE_KEY, text);
    expect(await replica.get()).toEqual(PAYING);
    expect(await replica.get()).toEqual(PAYING);
    expect(table.reads).toBe(1);
    expect(replica.troubles).toEqual(['understand the cache']);
  });

  it('a value that can’t be stored is handed out all the same', async () => {
    const replica = await replicas.add();
    table.row = { state: 'PAYING', amount: 'fifty' } as unknown as Order;
    expect(await replica.get()).toEqual({ state: 'PAYING', amount: 'fifty' });
    expect(replica.troubles).toEqual(['fill the cache']);
  });
});

describe('without Redis', () => {
  it('everybody is answered from the database, and from the cache again later', async () => {
    const replica = await replicas.add();
    await replica.get();
    await server.kill();
    await eventually('the connection is gone', () => replica.redis.status !== 'ready');
    table.row = PAID;
    expect(await replica.get()).toEqual(PAID);
    expect(await replica.get()).toEqual(PAID);
    expect(table.reads).toBe(3);
    await server.restart();
    await eventually('connected again', () => replica.redis.status === 'ready');
    await replica.get();
    await replica.get();
    expect(table.reads).toBe(4);
  });

  it('nobody is handed an answer that was on its way before the change', async () => {
    const replica = await replicas.add();
    await server.kill();
    await eventually('the connection is gone', () => replica.redis.status !== 'ready');
    const open = table.holdReaders();
    const before = replica.get();
    await eventually('the row is read', () => table.reads === 1);
    await replica.change(PAID);
    const after = replica.get();
    open();
    expect(await before).toEqual(PAYING);
    expect(await after).toEqual(PAID);
  });

  it('that hangs, nobody waits for long, even with a client that would', async () => {
    const replica = await replicas.add({}, {});
    await admin.call('CLIENT', 'PAUSE', '3000', 'ALL');
    const startedAt = performance.now();
    expect(await replica.get()).toEqual(PAYING);
    await replica.change(PAID);
    expect(await replica.get()).toEqual(PAID);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('a change does not fail; its replica reads the truth at once, the others when it has reached Redis', async () => {
    const cutOff = (await replicas.add()).startSweeping();
    const other = await replicas.add();
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
