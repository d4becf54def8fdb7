import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Redis } from 'ioredis';
import { defer, firstValueFrom, from } from 'rxjs';
import type { RequestOf, payment } from '#libs/contracts';
import { Log } from '#libs/service';
import { type TestRedis, eventually, startTestRedis } from '#libs/testing';
import type { PaymentConfig } from '../payment.config.js';
import { DoubleSubmitInterceptor } from './double-submit.interceptor.js';

type Request = RequestOf<typeof payment.createRecharge>;

let server: TestRedis;
const clients: Redis[] = [];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await server.stop();
});

/** One replica of payment: a connection of its own, which fails at once when Redis is gone. */
async function replica(windowMs = 60_000): Promise<DoubleSubmitInterceptor> {
  const redis = new Redis(server.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 10,
  });
  clients.push(redis);
  redis.on('error', () => undefined);
  await eventually('it is connected', () => redis.status === 'ready');
  const log = Log.create('payment', 'payment-1', 'silent');
  return new DoubleSubmitInterceptor(redis, { doubleSubmitWindowMs: windowMs } as PaymentConfig, log);
}

let lastMerchant = 0;
/** A request that nobody has sent before. */
const newRequest = (more: Partial<Request> = {}): Request => ({
  merchantId: String((lastMerchant += 1)),
  amount: 50_000_000n,
  channel: 'alipay',
  method: 'page',
  ...more,
});

/** Sends a request through the interceptor to a service that answers with the number of its call. */
class Door {
  calls = 0;

  constructor(
    private readonly interceptor: DoubleSubmitInterceptor,
    private readonly work: () => Promise<void> = () => Promise.resolve(),
  ) {}

  submit(request: Request): Promise<unknown> {
    const handle = () =>
      defer(() => {
        this.calls += 1;
        return from(this.work().then(() => this.calls));
      });
    return firstValueFrom(this.interceptor.intercept(new ExecutionContextHost([request]), { handle }));
  }
}

const REFUSED = { code: 'DUPLICATE_SUBMIT' };

describe('the same order, submitted again', () => {
  it('is refused for a while, in words that say how to order twice', async () => {
    const door = new Door(await replica());
    const request = newRequest();

    expect(await door.submit(request)).toBe(1);
    await expect(door.submit({ ...request })).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('less than 60 seconds ago: send an Idempotency-Key'),
    });
    expect(door.calls).toBe(1);
  });

  it('is refused by every other replica too', async () => {
    const [one, other] = [new Door(await replica()), new Door(await replica())];
    const request = newRequest();
    await one.submit(request);
    await expect(other.submit(request)).rejects.toMatchObject(REFUSED);
  });

  it('gets through once when it comes fifty times at once', async () => {
    const [one, other] = [new Door(await replica()), new Door(await replica())];
    const request = newRequest();
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : other).submit(request)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(one.calls + other.calls).toBe(1);
  });

  it('is another order when anything of it differs', async () => {
    const door = new Door(await replica());
    const request = newRequest();
    await door.submit(request);
    await door.submit({ ...request, amount: 50_010_000n });
    await door.submit({ ...request, method: 'wap' });
    await door.submit(newRequest());
    expect(door.calls).toBe(4);
  });

  it('is let through when an idempotency key says what is meant, as often as it comes', async () => {
    const door = new Door(await replica());
    const request = newRequest({ idempotencyKey: 'mine' });
    await door.submit(request);
    await door.submit(request);
    expect(door.calls).toBe(2);
  });

  it('is taken again when the while is over', async () => {
    const door = new Door(await replica(40));
    const request = newRequest();
    await door.submit(request);
    await eventually('it is taken again', () => door.submit(request).then(() => true));
    expect(door.calls).toBe(2);
  });

  it('is never noticed where the window is set to nothing', async () => {
    const door = new Door(await replica(0));
    const request = newRequest();
    await door.submit(request);
    await door.submit(request);
    expect(door.calls).toBe(2);
  });
});

describe('an order that failed', () => {
  it('may be tried again at once, and fails as it failed', async () => {
    let fails = true;
    const door = new Door(await replica(), () =>
      fails ? Promise.reject(new Error('the channel is gone')) : Promise.resolve(),
    );
    const request = newRequest();
    await expect(door.submit(request)).rejects.toThrow('the channel is gone');

    fails = false;
    expect(await door.submit(request)).toBe(2);
    await expect(door.submit(request)).rejects.toMatchObject(REFUSED);
  });
});

describe('without Redis', () => {
  it('everything gets through, at once, and is noticed again when Redis is back', async () => {
    const door = new Door(await replica());
    const failing = new Door(await replica(), () => Promise.reject(new Error('the channel is gone')));
    const request = newRequest();
    await door.submit(request);
    await server.kill();

    expect(await door.submit(request)).toBe(2);
    await expect(failing.submit(request)).rejects.toThrow('the channel is gone');

    await server.restart();
    await eventually('double submits are noticed again', () =>
      door.submit(request).then(
        () => false,
        (error: { code?: string }) => error.code === 'DUPLICATE_SUBMIT',
      ),
    );
  });
});
