import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, startTestRedis } from '#libs/testing';
import {
  CircuitOpenError,
  DuplicateCallError,
  type PassRequest,
  Turnstile,
  TurnstileTimeoutError,
} from './index.js';
import { KnownLines } from './testing/known-lines.js';

let server: Awaited<ReturnType<typeof startTestRedis>>;
const open: { turnstile: Turnstile; redis: Redis }[] = [];
const circuits: string[] = [];
let lines: KnownLines;

beforeAll(async () => {
  server = await startTestRedis();
  lines = await KnownLines.of('test', server.url, 20);
});
afterEach(async () => {
  for (const { turnstile, redis } of open.splice(0)) {
    await turnstile.close();
    redis.disconnect();
  }
  circuits.length = 0;
});
afterAll(() => server.stop());

/** A replica of its own, with its own connection. */
function replica(): Turnstile {
  const redis = new Redis(server.url);
  const turnstile = new Turnstile({
    redis,
    name: 'test',
    outcomeOf: (error) => ((error as Error).message === 'slow down' ? 'overloaded' : 'failed'),
    onCircuitChange: (resource, state) => circuits.push(`${resource} ${state}`),
    onError: () => undefined,
  });
  open.push({ turnstile, redis });
  return turnstile;
}

/** The replicas take turns. */
function turnstileOf(replicas: readonly Turnstile[], index: number): Turnstile {
  const found = replicas[index % replicas.length];
  if (!found) throw new Error('There is no replica');
  return found;
}

const aResource = () => lines.take();

const request = (resource: string, more: Partial<PassRequest> = {}): PassRequest => ({
  resource,
  limits: { ratePerSecond: 1_000, maxInFlight: 80 },
  priority: 'query',
  timeoutMs: 30_000,
  ...more,
});

/** A call that ends when the test says so. */
function heldCall() {
  let finish = (_error?: Error): void => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve());
  });
  return { work: () => finished, finish };
}

/** The most arrivals that any window of a second has seen. */
function busiestSecond(arrivals: readonly number[]): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  return Math.max(...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1_000).length));
}

describe('the line in front of a resource', () => {
  it('lets no window of a second see more than the rate, with three replicas, and comes close to it', async () => {
    const resource = aResource();
    const replicas = [replica(), replica(), replica()];
    const arrivals: number[] = [];
    const limits = { ratePerSecond: 40, maxInFlight: 80 };
    await Promise.all(
      Array.from({ length: 160 }, (_, index) =>
        turnstileOf(replicas, index).pass(request(resource, { limits }), async () => {
          arrivals.push(performance.now());
        }),
      ),
    );
    expect(arrivals).toHaveLength(160);
    expect(busiestSecond(arrivals)).toBeLessThanOrEqual(40);
    // Four seconds' worth, of which the first burst is free: three holds lie between first and last.
    expect(Math.max(...arrivals) - Math.min(...arrivals)).toBeLessThan(4_500);
  });

  it('has no more in flight than allowed', async () => {
    const resource = aResource();
    const replicas = [replica(), replica()];
    const held = Array.from({ length: 9 }, heldCall);
    let running = 0;
    const limits = { ratePerSecond: 1_000, maxInFlight: 4 };
    const passing = held.map(({ work }, index) =>
      turnstileOf(replicas, index).pass(request(resource, { limits }), () => {
        running += 1;
        return work().finally(() => (running -= 1));
      }),
    );
    await eventually('four are in flight', () => running === 4);
    expect((await replicas[0]?.state([resource]))?.get(resource)).toMatchObject({ inFlight: 4, queued: 5 });
    for (const { finish } of held) {
      finish();
      expect(running).toBeLessThanOrEqual(4);
    }
    await Promise.all(passing);
  });

  it('is first in, first out within a priority, and a buyer goes before queries, refunds and bills', async () => {
    const resource = aResource();
    const turnstile = replica();
    const limits = { ratePerSecond: 1_000, maxInFlight: 1 };
    const first = heldCall();
    const order: string[] = [];
    const holding = turnstile.pass(request(resource, { limits }), first.work);
    await eventually(
      'the line is blocked',
      async () => (await turnstile.state([resource])).get(resource)?.inFlight === 1,
    );
    const passing: Promise<void>[] = [];
    for (const [index, priority] of (['bill', 'refund', 'query', 'query', 'buyer'] as const).entries()) {
      passing.push(
        turnstile.pass(request(resource, { limits, priority }), async () => {
          order.push(`${priority} ${index}`);
        }),
      );
      await eventually(
        'it stands in line',
        async () => (await turnstile.state([resource])).get(resource)?.queued === index + 1,
      );
    }
    first.finish();
    await Promise.all([holding, ...passing]);
    expect(order).toEqual(['buyer 4', 'query 2', 'query 3', 'refund 1', 'bill 0']);
  });

  it('takes a call of one key once at a time, over all replicas', async () => {
    const resource = aResource();
    const [one, two] = [replica(), replica()];
    const first = heldCall();
    const running = one.pass(request(resource, { key: 'query:7' }), first.work);
    await eventually('it runs', async () => (await one.state([resource])).get(resource)?.inFlight === 1);
    await expect(two.pass(request(resource, { key: 'query:7' }), async () => 'never')).rejects.toThrow(
      DuplicateCallError,
    );
    await expect(two.pass(request(resource, { key: 'query:8' }), async () => 'another')).resolves.toBe(
      'another',
    );
    first.finish();
    await running;
    await eventually(
      'it is given back',
      async () => (await one.state([resource])).get(resource)?.inFlight === 0,
    );
    await expect(two.pass(request(resource, { key: 'query:7' }), async () => 'again')).resolves.toBe('again');
  });

  it('refuses whoever waited too long, without having begun', async () => {
    const resource = aResource();
    const turnstile = replica();
    const limits = { ratePerSecond: 1_000, maxInFlight: 1 };
    const first = heldCall();
    const running = turnstile.pass(request(resource, { limits }), first.work);
    let begun = false;
    await expect(
      turnstile.pass(request(resource, { limits, timeoutMs: 100 }), async () => {
        begun = true;
      }),
    ).rejects.toThrow(TurnstileTimeoutError);
    first.finish();
    await running;
    expect(begun).toBe(false);
    await eventually(
      'nobody stands in line',
      async () => (await turnstile.state([resource])).get(resource)?.queued === 0,
    );
  });

  it('gives what the work gives, and throws what it throws', async () => {
    const turnstile = replica();
    const resource = aResource();
    await expect(turnstile.pass(request(resource), async () => 7)).resolves.toBe(7);
    await expect(
      turnstile.pass(request(resource), () => Promise.reject(new Error('not found'))),
    ).rejects.toThrow('not found');
  });
});

describe('the circuit', () => {
  const fail = () => Promise.reject(new Error('no answer'));

  it('opens when most calls fail, turns buyers away at once, and closes when probes are answered', async () => {
    const resource = aResource();
    const [one, two] = [replica(), replica()];
    await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => (index % 2 ? one : two).pass(request(resource), fail)),
    );
    await eventually('it is open', () => circuits.length > 0);
    expect(circuits).toEqual([`${resource} open`]);
    expect((await two.state([resource])).get(resource)).toMatchObject({
      circuit: 'open',
      circuitReason: expect.stringContaining('no answer'),
    });
    await expect(one.pass(request(resource, { priority: 'buyer' }), async () => 'x')).rejects.toThrow(
      CircuitOpenError,
    );

    // The others wait, and are the probes.
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 ? one : two).pass(request(resource), async () => 'ok'),
      ),
    );
    await eventually('it is closed', () => circuits.length >= 3);
    expect(circuits).toEqual([`${resource} open`, `${resource} half_open`, `${resource} closed`]);
    await expect(one.pass(request(resource, { priority: 'buyer' }), async () => 'in')).resolves.toBe('in');
  });

  it('stays closed for a few failures among many answers', async () => {
    const resource = aResource();
    const turnstile = replica();
    await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) =>
        turnstile.pass(request(resource), index % 3 ? async () => 'ok' : fail),
      ),
    );
    await eventually(
      'all is counted',
      async () => (await turnstile.state([resource])).get(resource)?.calls === 60,
    );
    expect(circuits).toEqual([]);
    expect((await turnstile.state([resource])).get(resource)).toMatchObject({
      calls: 60,
      errors: 20,
      circuit: 'closed',
    });
  });
});

describe('a resource that says "slow down"', () => {
  it('is called at half the rate, then faster again', async () => {
    const resource = aResource();
    const turnstile = replica();
    const limits = { ratePerSecond: 20, maxInFlight: 80 };
    const arrivals: number[] = [];
    let complaints = 1;
    const work = async () => {
      arrivals.push(performance.now());
      if (complaints-- > 0) throw new Error('slow down');
    };
    await Promise.allSettled(
      Array.from({ length: 60 }, () => turnstile.pass(request(resource, { limits }), work)),
    );
    const begun = Math.min(...arrivals);
    const inSecond = (second: number) =>
      arrivals.filter((at) => at - begun >= second * 1_000 && at - begun < (second + 1) * 1_000).length;
    // The first burst was under way when it complained; the second after it gets half.
    expect(inSecond(1)).toBeLessThanOrEqual(13);
    expect(arrivals).toHaveLength(60);
  });
});

// Last: it takes what is known of all lines.
describe('the line when Redis is emptied', () => {
  it('holds to the rate also when Redis forgets everything in the middle of it, and loses nobody', async () => {
    const resource = aResource();
    const replicas = [replica(), replica()];
    const arrivals: number[] = [];
    const limits = { ratePerSecond: 30, maxInFlight: 80 };
    const passing = Array.from({ length: 100 }, (_, index) =>
      turnstileOf(replicas, index).pass(request(resource, { limits }), async () => {
        arrivals.push(performance.now());
      }),
    );
    await eventually('some have passed', () => arrivals.length >= 35);
    await open[0]?.redis.flushall();
    await Promise.all(passing);
    expect(arrivals).toHaveLength(100);
    expect(busiestSecond(arrivals)).toBeLessThanOrEqual(30);
  });
});
