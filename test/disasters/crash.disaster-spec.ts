import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type TestStack, eventually, startTestStack } from '#libs/testing';
import { Flood } from './flood.js';

/**
 * The bad nights, one after the other, each while merchants are paying. However it ends, what was paid at the channel
 * is credited exactly once within a minute of everything being up again, and the audit is clean.
 */
let stack: TestStack;
let flood: Flood;

const SOME = 15;
const STORY_MS = 170_000;

beforeAll(async () => {
  stack = await startTestStack({ replicas: { payment: 2, wallet: 2, gateway: 2 } });
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

beforeEach(async () => {
  flood = new Flood(stack, stack.api(), { merchants: 5, concurrency: 8 });
  await flood.gather();
  flood.start();
  await flood.untilPaid(SOME);
}, 60_000);

// A story that failed must not flood the next one.
afterEach(() => flood.stop(), 100_000);

async function expectAllCreditedOnce(): Promise<void> {
  await flood.untilPaid(flood.paid.length + SOME);
  await flood.stop();
  await stack.ready();
  await flood.settle();
  expect(flood.paid.length).toBeGreaterThanOrEqual(2 * SOME);
}

describe('while recharges are in flight', () => {
  it.each(['payment', 'wallet', 'gateway'] as const)(
    'both replicas of %s are killed, one after the other',
    async (service) => {
      for (const replica of stack.services[service]) {
        const before = replica.pid;
        await replica.kill('SIGKILL');
        await flood.untilPaid(flood.paid.length + 5);
        await eventually(
          `${replica.name} runs again`,
          () => replica.pid !== undefined && replica.pid !== before,
        );
        await replica.ready;
      }
      await expectAllCreditedOnce();
    },
    STORY_MS,
  );

  it(
    'payment and wallet are killed at the same moment',
    async () => {
      const both = [...stack.services.payment, ...stack.services.wallet];
      await Promise.all(both.map((replica) => replica.kill('SIGKILL')));
      await expectAllCreditedOnce();
    },
    STORY_MS,
  );

  it(
    'MariaDB is killed and comes back',
    async () => {
      await stack.mariadb?.kill();
      await stack.mariadb?.start();
      await expectAllCreditedOnce();
    },
    STORY_MS,
  );

  it(
    'somebody empties Redis, again and again',
    async () => {
      const redis = new Redis(stack.urls.redis);
      try {
        for (let time = 0; time < 5; time += 1) {
          await redis.flushall();
          await flood.untilPaid(flood.paid.length + 5);
        }
      } finally {
        redis.disconnect();
      }
      await expectAllCreditedOnce();
    },
    STORY_MS,
  );

  it(
    'Redis shuts down without saving, and comes back empty',
    async () => {
      const redis = new Redis(stack.urls.redis, { retryStrategy: () => null });
      await redis.shutdown('NOSAVE').catch(() => undefined);
      redis.disconnect();
      await stack.redis?.kill();
      await stack.redis?.start();
      await expectAllCreditedOnce();
    },
    STORY_MS,
  );
});
