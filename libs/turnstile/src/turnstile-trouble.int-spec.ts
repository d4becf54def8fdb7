import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, startTestRedis } from '#libs/testing';
import {
  CircuitOpenError,
  type PassRequest,
  Turnstile,
  TurnstileTimeoutError,
  TurnstileUnavailableError,
} from './index.js';
import { KnownLines } from './testing/known-lines.js';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let admin: Redis;
let lines: KnownLines;
const open: { turnstile: Turnstile; redis: Redis }[] = [];
const circuits: string[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  admin = new Redis(server.url);
  admin.on('error', () => undefined);
  lines = await KnownLines.of('trouble', server.url, 20);
});
afterEach(async () => {
  for (const { turnstile, redis } of open.splice(0)) {
    await turnstile.close();
    redis.disconnect();
  }
  circuits.length = errors.length = 0;
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

function replica(outcomeOf: () => 'failed' = () => 'failed'): Turnstile {
  const redis = new Redis(server.url);
  redis.on('error', () => undefined);
  const turnstile = new Turnstile({
    redis,
    name: 'trouble',
    outcomeOf,
    onCircuitChange: (_resource, state) => circuits.push(state),
    onError: (error) => errors.push(error),
  });
  open.push({ turnstile, redis });
  return turnstile;
}

const aResource = () => lines.take();
const request = (resource: string, more: Partial<PassRequest> = {}): PassRequest => ({
  resource,
  limits: { ratePerSecond: 1_000, maxInFlight: 80 },
  priority: 'query',
  timeoutMs: 30_000,
  ...more,
});
const key = (resource: string, part: string) => `clearbid:{turnstile:trouble:${resource}}:${part}`;
const fail = () => Promise.reject(new Error('no answer'));

function heldCall() {
  let finish = (_error?: Error): void => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve());
  });
  return { work: () => finished, finish };
}

async function stateOf(turnstile: Turnstile, resource: string) {
  const state = (await turnstile.state([resource])).get(resource);
  if (!state) throw new Error('There is no such line');
  return state;
}

async function openCircuit(turnstile: Turnstile, resource: string): Promise<void> {
  await Promise.allSettled(Array.from({ length: 25 }, () => turnstile.pass(request(resource), fail)));
  await eventually('the circuit is open', () => circuits.includes('open'));
}

describe('an open circuit', () => {
  it('is closed by buyers alone: one becomes the probe when its time has come', async () => {
    const resource = aResource();
    const turnstile = replica();
    await openCircuit(turnstile, resource);
    const buy = () => turnstile.pass(request(resource, { priority: 'buyer' }), async () => 'paid');
    await expect(buy()).rejects.toThrow(CircuitOpenError);
    await eventually('a buyer is let through', buy);
    await eventually('it closes', async () => (await buy()) === 'paid' && circuits.includes('closed'));
    expect(circuits).toEqual(['open', 'half_open', 'closed']);
  });

  it('learns nothing from late answers to calls that were made before it opened', async () => {
    const resource = aResource();
    const turnstile = replica();
    const late = Array.from({ length: 8 }, heldCall);
    const passing = late.map(({ work }) => turnstile.pass(request(resource), work));
    await eventually('they run', async () => (await stateOf(turnstile, resource)).inFlight === 8);
    await openCircuit(turnstile, resource);
    for (const { finish } of late) finish();
    await Promise.all(passing);
    await eventually('all is said', async () => (await stateOf(turnstile, resource)).calls === 33);
    expect(circuits).toEqual(['open']);
  });

  it('sends buyers away who were waiting when it opened, in every replica', async () => {
    const resource = aResource();
    const [one, two] = [replica(), replica()];
    const limits = { ratePerSecond: 1_000, maxInFlight: 25 };
    const failing = Array.from({ length: 25 }, heldCall);
    const passing = failing.map(({ work }) => one.pass(request(resource, { limits }), work));
    await eventually('they run', async () => (await stateOf(one, resource)).inFlight === 25);
    const refusedAfter: number[] = [];
    // Bills fill what becomes free first: they are held, so that the buyers still wait when the 20th failure comes.
    const buyers = [one, two].map((turnstile) =>
      turnstile
        .pass(
          request(resource, { limits: { ratePerSecond: 1_000, maxInFlight: 1 }, priority: 'buyer' }),
          () => Promise.resolve('never'),
        )
        .catch((error: unknown) => {
          refusedAfter.push(performance.now());
          return error;
        }),
    );
    await eventually('they wait', async () => (await stateOf(one, resource)).queued === 2);
    const finishedAt = performance.now();
    for (const { finish } of failing) finish(new Error('no answer'));
    await Promise.allSettled(passing);
    for (const error of await Promise.all(buyers)) expect(error).toBeInstanceOf(CircuitOpenError);
    expect(Math.max(...refusedAfter) - finishedAt).toBeLessThan(500);
  });
});

describe('calls in flight', () => {
  it('loses no slot to an outcome that can not be judged', async () => {
    const resource = aResource();
    const turnstile = replica(() => {
      throw new Error('unheard of');
    });
    await expect(turnstile.pass(request(resource), fail)).rejects.toThrow('no answer');
    await eventually('it is given back', async () => (await stateOf(turnstile, resource)).inFlight === 0, {
      withinMs: 1_500,
    });
    expect(errors).toHaveLength(1);
  });

  it('make room for another replica’s at once when they end', async () => {
    const resource = aResource();
    const [one, two] = [replica(), replica()];
    const limits = { ratePerSecond: 1_000, maxInFlight: 1 };
    const idle: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const held = heldCall();
      const running = one.pass(request(resource, { limits }), held.work);
      await eventually('it runs', async () => (await stateOf(one, resource)).inFlight === 1);
      const next = two.pass(request(resource, { limits }), async () => performance.now());
      await eventually('the next waits', async () => (await stateOf(one, resource)).queued === 1);
      const finishedAt = performance.now();
      held.finish();
      idle.push((await next) - finishedAt);
      await running;
      await eventually('nobody is left', async () => (await stateOf(one, resource)).inFlight === 0);
    }
    expect(idle.sort((a, b) => a - b)[4]).toBeLessThanOrEqual(20);
  });

  it('are not begun on an admission that has grown old while this process was stalled', async () => {
    const resource = aResource();
    const turnstile = replica();
    turnstile.prepare(resource, request(resource).limits);
    await turnstile.pass(request(resource), async () => undefined);
    const redisNow = async () => {
      const [seconds, micros] = await admin.time();
      return Number(seconds) * 1_000 + Number(micros) / 1_000;
    };
    const limits = { ratePerSecond: 1_000, maxInFlight: 1 };
    const first = heldCall();
    const running = turnstile.pass(request(resource, { limits }), first.work);
    await eventually('the line is blocked', async () => (await stateOf(turnstile, resource)).inFlight === 1);
    let leaseLeftMs = NaN;
    const second = turnstile.pass(request(resource, { limits }), async () => {
      const leases = await admin.zrange(key(resource, 'running'), 0, -1, 'WITHSCORES');
      leaseLeftMs = Number(leases[1]) - (await redisNow());
    });
    await eventually('the second waits', async () => (await stateOf(turnstile, resource)).queued === 1);
    first.finish();
    await running;
    await eventually('the release is on its way', () => true);
    // The whole process stands still for longer than the first lease, with the admission in its socket.
    const until = performance.now() + 2_500;
    while (performance.now() < until);
    await second;
    expect(leaseLeftMs).toBeGreaterThan(0);
  });
});

describe('what is kept in Redis', () => {
  it('does not grow: old counters, silent owners and keys of nobody are removed', async () => {
    // A known line may have been tidied up a moment ago.
    const resource = 'unknown';
    const turnstile = replica();
    const old = Math.floor(Date.now() / 1_000) - 75;
    await admin.hset(key(resource, 'health'), { [`calls:${old}`]: 1, [`errors:${old - 9}`]: 1 });
    await admin.hset(key(resource, 'keys'), 'query:1', 'dead/x/1');
    await admin.zadd(key(resource, 'owners'), 1, 'dead');
    await admin.zadd(key(resource, 'queue'), 1, 'dead/x/2');
    await turnstile.pass(request(resource), async () => undefined);
    const health = await admin.hkeys(key(resource, 'health'));
    expect(health.filter((field) => field.endsWith(`:${old}`) || field.endsWith(`:${old - 9}`))).toEqual([]);
    expect(await admin.hkeys(key(resource, 'keys'))).toEqual([]);
    expect(await admin.zscore(key(resource, 'owners'), 'dead')).toBeNull();
    expect(await admin.zcard(key(resource, 'queue'))).toBe(0);
  });

  it('is not touched by a closed turnstile', async () => {
    const resource = aResource();
    const turnstile = replica();
    await turnstile.pass(request(resource), async () => undefined);
    await turnstile.close();
    await expect(turnstile.pass(request(resource), async () => 'late')).rejects.toThrow(
      TurnstileTimeoutError,
    );
  });
});

// Last: they take what is known of all lines.
describe('order', () => {
  it('is that of enqueuing, also of calls that are registered in one batch, and after a flush', async () => {
    const resource = aResource();
    const turnstile = replica();
    const limits = { ratePerSecond: 1_000, maxInFlight: 1 };
    const order: number[] = [];
    const first = heldCall();
    const passing: Promise<unknown>[] = [turnstile.pass(request(resource, { limits }), first.work)];
    await eventually('the line is blocked', async () => (await stateOf(turnstile, resource)).inFlight === 1);
    const enqueue = (from: number) => {
      for (let index = from; index < from + 15; index += 1)
        passing.push(turnstile.pass(request(resource, { limits }), async () => void order.push(index)));
    };
    enqueue(0);
    await eventually('they wait', async () => (await stateOf(turnstile, resource)).queued === 15);
    await admin.flushall();
    enqueue(15);
    await eventually('all wait again, and what runs is known again', async () => {
      const { queued, inFlight } = await stateOf(turnstile, resource);
      return queued === 30 && inFlight === 1;
    });
    first.finish();
    await Promise.all(passing);
    expect(order).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });
});

describe('without Redis', () => {
  it('is unavailable within seconds, hands out results that do not need it, and works again after', async () => {
    const resource = aResource();
    const turnstile = replica();
    const held = heldCall();
    const running = turnstile.pass(request(resource), () => held.work().then(() => 'the result'));
    await eventually('it runs', async () => (await stateOf(turnstile, resource)).inFlight === 1);
    await server.kill();
    const askedAt = performance.now();
    const waiting = turnstile.pass(request(resource), async () => 'never').catch((error: unknown) => error);
    held.finish();
    await expect(running).resolves.toBe('the result');
    expect(performance.now() - askedAt).toBeLessThan(500);
    await expect(waiting).resolves.toBeInstanceOf(TurnstileUnavailableError);
    expect(performance.now() - askedAt).toBeLessThan(4_000);
    await server.restart();
    await expect(
      eventually('it works', () => turnstile.pass(request(resource), async () => 'again')),
    ).resolves.toBe('again');
  });
});
