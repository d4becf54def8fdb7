import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { type TestStack, startTestStack } from '#libs/testing';
import { allTrades } from './chaos/sandbox-book.js';
import { Flood } from './flood.js';

/** Many at once, with every disorder that a channel's notifies come in, and without any of them. */
let stack: TestStack;

const STORY_MS = 280_000;
const START_MS = 120_000;
const STOP_MS = 60_000;
const DISORDER = ['normal', 'duplicate', 'outOfOrder', 'normal', 'late'] as const;
/** Orders whose buyer was slower than the first rung of the ladder are asked about twice. */
const SPARE_QUERIES = 20;

async function creditsInTheBook(mysqlUrl: string): Promise<number> {
  const connection = await createConnection({ uri: mysqlUrl });
  try {
    const [rows] = await connection.query(
      "SELECT COUNT(*) AS count FROM clearbid_wallet.transfer WHERE status = 'posted'",
    );
    return Number((rows as { count: string }[])[0]?.count);
  } finally {
    await connection.end();
  }
}

/** Two merchants, twenty recharges at a time: all of them want the same two accounts. */
async function pourOverTwoMerchants(): Promise<void> {
  const before = await creditsInTheBook(stack.urls.mysql);
  const flood = new Flood(stack, stack.api(), { merchants: 2, concurrency: 20, notifies: DISORDER });
  await flood.gather();

  await flood.pour(50);
  await flood.settle();

  expect((await creditsInTheBook(stack.urls.mysql)) - before).toBe(100);
}

describe('two replicas of everything', () => {
  beforeAll(async () => {
    stack = await startTestStack({
      env: (name): Record<string, string> =>
        name.startsWith('payment') ? { QUERY_LADDER_SECONDS: '10,20,30,60' } : {},
    });
  }, START_MS);
  afterAll(() => stack?.stop(), STOP_MS);

  it(
    'credit 20 merchants × 50 recharges exactly 1,000 times, whatever order the notifies come in',
    async () => {
      const flood = new Flood(stack, stack.api(), { merchants: 20, concurrency: 40, notifies: DISORDER });
      await flood.gather();

      await flood.pour(50);
      await flood.settle(120_000);

      expect(flood.paid).toHaveLength(1_000);
      expect(await creditsInTheBook(stack.urls.mysql)).toBe(1_000);
    },
    STORY_MS,
  );

  it(
    'stay right when every lock is taken away in the middle',
    async () => {
      const thief = new Redis(stack.urls.redis);
      let stealing = true;
      let stolen = 0;
      const theft = (async () => {
        while (stealing) {
          const locks = await thief.keys('clearbid:{lock:*');
          for (const lock of locks) {
            const taken = await thief.del(lock);
            stolen += taken;
          }
        }
      })();
      try {
        await pourOverTwoMerchants();
      } finally {
        stealing = false;
        await theft;
        thief.disconnect();
      }
      expect(stolen).toBeGreaterThan(0);
    },
    STORY_MS,
  );

  it(
    'credit 1,000 paid orders with every notify lost, with one query each',
    async () => {
      // So few at a time that buyers are quicker than the ladder on a slow machine, too.
      const flood = new Flood(stack, stack.api(), { merchants: 20, concurrency: 16, notifies: ['never'] });
      await flood.gather();

      await flood.pour(50);
      await flood.settle(120_000);

      const ours = new Set(flood.paid.map(({ recharge }) => recharge.outTradeNo));
      const trades = (await allTrades(stack.urls.sandbox ?? '')).filter(({ outTradeNo }) =>
        ours.has(outTradeNo),
      );
      const queries = trades.reduce((sum, trade) => sum + trade.queries, 0);
      expect(trades).toHaveLength(1_000);
      expect(trades.flatMap(({ notifies }) => notifies)).toEqual([]);
      expect(queries).toBeGreaterThanOrEqual(1_000);
      expect(queries).toBeLessThanOrEqual(1_000 + SPARE_QUERIES);
    },
    STORY_MS,
  );
});

describe('two replicas of everything, without locks,', () => {
  beforeAll(async () => {
    stack = await startTestStack({ env: { WALLET_LOCKS: 'none' } });
  }, START_MS);
  afterAll(() => stack?.stop(), STOP_MS);

  it('stay right when the lock is granted to everybody', pourOverTwoMerchants, STORY_MS);
});
