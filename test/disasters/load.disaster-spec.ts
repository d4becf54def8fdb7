import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { type TestStack, startTestStack } from '#libs/testing';
import { Flood } from './flood.js';

/** Many at once, with every disorder that a channel's notifies come in. */
let stack: TestStack | undefined;

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

const STORY_MS = 280_000;
const DISORDER = ['normal', 'duplicate', 'outOfOrder', 'normal', 'late'] as const;

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

describe('two replicas of everything', () => {
  it(
    'credit 20 merchants × 50 recharges exactly 1,000 times, whatever order the notifies come in',
    async () => {
      stack = await startTestStack({ replicas: 2 });
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
    'stay right when the lock is granted to everybody',
    async () => {
      stack = await startTestStack({ replicas: 2, env: { WALLET_LOCKS: 'none' } });
      const flood = new Flood(stack, stack.api(), { merchants: 2, concurrency: 20, notifies: DISORDER });
      await flood.gather();

      await flood.pour(50);
      await flood.settle();

      expect(await creditsInTheBook(stack.urls.mysql)).toBe(100);
    },
    STORY_MS,
  );

  it(
    'stay right when every lock is taken away in the middle',
    async () => {
      stack = await startTestStack({ replicas: 2 });
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
      const flood = new Flood(stack, stack.api(), { merchants: 2, concurrency: 20, notifies: DISORDER });
      await flood.gather();

      await flood.pour(50);
      await flood.settle();
      stealing = false;
      await theft;
      thief.disconnect();

      expect(stolen).toBeGreaterThan(0);
      expect(await creditsInTheBook(stack.urls.mysql)).toBe(100);
    },
    STORY_MS,
  );
});
