import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { RedlockOwnerLock } from './redlock-owner-lock.js';
import { SharedOwnerLock } from './shared-owner-lock.js';

const WALLET = '2234974312857666561';
const KEY = `clearbid:{lock:${WALLET}}`;

let server: TestRedis;
const clients: Redis[] = [];
beforeAll(async () => {
  server = await startTestRedis();
});
afterEach(async () => {
  await clients[0]?.flushall();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await server.stop();
});

/** One process of the wallet service. */
async function replica(waitMs = 5_000): Promise<SharedOwnerLock> {
  const redis = new Redis(server.url, { lazyConnect: true });
  clients.push(redis);
  // Without Redis, work begins unlocked.
  await redis.connect();
  return new SharedOwnerLock(
    new RedlockOwnerLock({ redis, waitMs, observer: { onUnlocked: () => undefined } }),
  );
}

const isLocked = async () => (await clients[0]?.exists(KEY)) === 1;

describe('The callers of one process', () => {
  it('are in together under one grant, which is given back when the last has left', async () => {
    const lock = await replica();
    let inside = 0;
    let allIn = () => {};
    const everybody = new Promise<void>((resolve) => (allIn = resolve));
    const work = async () => {
      inside += 1;
      if (inside === 100) allIn();
      await everybody;
      expect(await isLocked()).toBe(true);
      return inside;
    };

    const results = await Promise.all(Array.from({ length: 100 }, () => lock.withLock(WALLET, work)));

    expect(results).toEqual(Array.from({ length: 100 }, () => 100));
    await eventually('given back', async () => !(await isLocked()));
  });

  it('get their own errors, and take nothing from the others', async () => {
    const lock = await replica();
    const results = await Promise.allSettled([
      lock.withLock(WALLET, () => Promise.reject(new Error('mine'))),
      lock.withLock(WALLET, () => Promise.resolve('done')),
    ]);
    expect(results).toMatchObject([{ reason: new Error('mine') }, { value: 'done' }]);
    await eventually('given back', async () => !(await isLocked()));
  });

  it('are all told when somebody else has the wallet for too long', async () => {
    const [holder, others] = await Promise.all([replica(), replica(50)]);
    await holder.withLock(WALLET, async () => {
      const refused = await Promise.allSettled(
        [1, 2, 3].map(() => others.withLock(WALLET, () => Promise.resolve('in'))),
      );
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(refused[0]).toMatchObject({ reason: { code: 'WALLET_BUSY' } });
    });
    expect(await others.withLock(WALLET, () => Promise.resolve('in'))).toBe('in');
  });
});

it('A process that is never without work lets the others in, one process at a time', async () => {
  const replicas = await Promise.all([replica(), replica()]);
  const inside = [0, 0];
  let met = 0;
  let isOver = false;
  const entered = [0, 0];
  const flood = async (which: 0 | 1) => {
    while (!isOver) {
      await replicas[which]?.withLock(WALLET, async () => {
        inside[which]! += 1;
        entered[which]! += 1;
        if ((inside[1 - which] ?? 0) > 0) met += 1;
        await new Promise((resolve) => setImmediate(resolve));
        inside[which]! -= 1;
      });
    }
  };
  const floods = [0, 1].flatMap((which) => Array.from({ length: 16 }, () => flood(which as 0 | 1)));
  await eventually('both have had several turns', () => {
    const done = Math.min(...entered) > 500;
    isOver = done;
    return done;
  });
  await Promise.all(floods);
  expect(met).toBe(0);
});
