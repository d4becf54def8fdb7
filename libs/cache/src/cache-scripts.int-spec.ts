import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestRedis, type TestRedis } from '#libs/testing';
import { DOOM, FIND_DUE, STRIKE_OFF } from './cache-scripts.js';

const LIST = 'doomed';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = new Redis(server.url);
});

beforeEach(() => redis.flushall());

afterAll(async () => {
  await redis.quit();
  await server.stop();
});

describe('the list of second deletions', () => {
  it('gives what is due, the longest due first, and no more than asked for', async () => {
    await redis.eval(DOOM, 1, LIST, 60_000, 'later');
    await redis.eval(DOOM, 1, LIST, -20, 'first');
    await redis.eval(DOOM, 1, LIST, -10, 'second');
    const due = (await redis.eval(FIND_DUE, 1, LIST, 10)) as string[];
    expect(due.filter((_, index) => index % 2 === 0)).toEqual(['first', 'second']);
    expect(await redis.eval(FIND_DUE, 1, LIST, 1)).toEqual(due.slice(0, 2));
  });

  it('keeps a key once, due after its last change', async () => {
    await redis.eval(DOOM, 1, LIST, -10, 'changed twice');
    await redis.eval(DOOM, 1, LIST, 60_000, 'changed twice');
    expect(await redis.zcard(LIST)).toBe(1);
    expect(await redis.eval(FIND_DUE, 1, LIST, 10)).toEqual([]);
  });

  it('strikes off what was deleted, but not what has changed again since it was found', async () => {
    await redis.eval(DOOM, 1, LIST, -10, 'deleted');
    await redis.eval(DOOM, 1, LIST, -10, 'deleted and changed');
    const due = (await redis.eval(FIND_DUE, 1, LIST, 10)) as string[];
    await redis.eval(DOOM, 1, LIST, 60_000, 'deleted and changed');
    await redis.eval(STRIKE_OFF, 1, LIST, ...due);
    expect(await redis.zrange(LIST, 0, -1)).toEqual(['deleted and changed']);
  });
});
