import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStack, type TestStack } from '#libs/testing';
import { allTrades } from './chaos/sandbox-book.js';
import { Flood } from './flood.js';

const MERCHANTS = 20;
const EACH = 50;
/** Orders whose buyer was slower than the first rung of the ladder are asked about twice. */
const SPARE_QUERIES = 20;

describe('With every notify lost', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({
      env: (name): Record<string, string> =>
        name.startsWith('payment') ? { QUERY_LADDER_SECONDS: '10,20,30,60' } : {},
    });
  }, 120_000);

  afterAll(() => stack?.stop(), 60_000);

  it('1,000 paid orders are credited, with one query each', async () => {
    const flood = new Flood(stack, stack.api(), {
      merchants: MERCHANTS,
      concurrency: 40,
      notifies: ['never'],
    });
    await flood.gather();

    await flood.pour(EACH);
    await flood.settle(120_000);

    const trades = await allTrades(stack.urls.sandbox ?? '');
    const queries = trades.reduce((sum, trade) => sum + trade.queries, 0);
    expect(flood.paid).toHaveLength(MERCHANTS * EACH);
    expect(trades.flatMap(({ notifies }) => notifies)).toEqual([]);
    expect(queries).toBeGreaterThanOrEqual(MERCHANTS * EACH);
    expect(queries).toBeLessThanOrEqual(MERCHANTS * EACH + SPARE_QUERIES);
  }, 280_000);
});
