import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import type { PayloadOf } from '#libs/contracts';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { currentContext, runInContext } from '../call-context.js';
import { DeadLetters } from '../dead-letters.js';
import { OnEvent, type EventMeta } from '../decorators.js';
import { trimAcknowledged } from '../event-trimmer.js';
import { EventPublisher } from '../event-publisher.js';
import { keys } from '../keys.js';
import { Gate } from './gate.js';
import { said } from './test-contracts.js';
import { quick, startService, type TestServiceOptions } from './test-service.js';

type Said = PayloadOf<typeof said>;

const stream = keys.event(said.name);
const hello = { text: 'hello', amount: 5n };
jest.setTimeout(30_000);

let redis: TestRedis;
let inspector: Redis;
let publisher: EventPublisher;
let deadLetters: DeadLetters;
const toClose: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  inspector = new Redis(redis.url);
  publisher = new EventPublisher({ redis: redis.url });
  deadLetters = new DeadLetters({ redis: redis.url });
  await Promise.all([publisher.connect(), deadLetters.connect()]);
});

afterEach(async () => {
  for (const closable of toClose.splice(0)) await closable.close();
  await inspector.flushall();
});

afterAll(async () => {
  await Promise.all([publisher.close(), deadLetters.close()]);
  inspector.disconnect();
  await redis.stop();
});

/** A replica of a service that gives what it hears to `hear`. */
async function listen(
  service: string,
  hear: (payload: Said, event: EventMeta) => Promise<void>,
  options: Partial<TestServiceOptions> = {},
) {
  class Listener {
    @OnEvent(said) async onSaid(payload: Said, event: EventMeta): Promise<void> {
      await hear(payload, event);
    }
  }
  const listener = await startService(Listener, { service, redis: redis.url, ...options });
  toClose.push(listener);
  return listener;
}

async function pendingOf(service: string): Promise<number> {
  const [count] = (await inspector.xpending(stream, service)) as [number];
  return count;
}

describe('an event', () => {
  it('reaches every service that subscribes, and one replica of each', async () => {
    const heard: Record<string, string[]> = { wallet: [], ads: [] };
    for (const service of ['wallet', 'wallet', 'ads', 'ads']) {
      await listen(service, async ({ text }) => void heard[service]?.push(text));
    }
    const texts = Array.from({ length: 300 }, (_, index) => `event ${index}`);
    await publisher.publishMany(texts.map((text) => ({ contract: said, payload: { ...hello, text } })));
    await eventually('both have heard all', () => heard.wallet?.length === 300 && heard.ads?.length === 300);
    for (const service of ['wallet', 'ads']) {
      await eventually('all are acknowledged', async () => (await pendingOf(service)) === 0);
      expect(new Set(heard[service])).toEqual(new Set(texts));
      expect(heard[service]).toHaveLength(300);
    }
  });

  it('arrives as the types of its contract, with its id and with the context of whoever caused it', async () => {
    const heard: unknown[] = [];
    await listen('wallet', async (payload, { id, deliveries }) => {
      heard.push({ payload, id, deliveries, requestId: currentContext()?.requestId });
    });
    await runInContext({ requestId: 'request-7' }, () => publisher.publish(said, hello, { id: 'event-1' }));
    await eventually('it is heard', () => heard.length === 1);
    expect(heard[0]).toEqual({ payload: hello, id: 'event-1', deliveries: 1, requestId: 'request-7' });
  });

  it('relayed in its encoded form, as an outbox keeps it, is the same event', async () => {
    const heard: unknown[] = [];
    await listen('wallet', async (payload, { id }) => void heard.push({ payload, id }));
    await publisher.relay([
      { id: '77', name: said.name, headers: {}, payload: { text: 'hello', amount: '5' } },
    ]);
    await eventually('it is heard', () => heard.length === 1);
    expect(heard[0]).toEqual({ payload: hello, id: '77' });
  });

  it('published before anybody subscribed is not lost', async () => {
    await publisher.publish(said, hello);
    let heard = 0;
    await listen('late', async () => void (heard += 1));
    await eventually('it is heard', () => heard === 1);
  });

  it('that does not fit its contract is not published', async () => {
    await expect(publisher.publish(said, { text: 1 as unknown as string, amount: 5n })).rejects.toMatchObject(
      {
        code: 'VALIDATION_FAILED',
      },
    );
    expect(await inspector.exists(stream)).toBe(0);
  });

  it('is removed once every service has acknowledged it, and not before', async () => {
    const gate = new Gate();
    await listen('wallet', async () => undefined);
    await listen('ads', async ({ text }) => (text === 'third' ? gate.pass() : undefined));
    for (const text of ['first', 'second', 'third', 'fourth'])
      await publisher.publish(said, { ...hello, text });
    await eventually('what both have had is gone', async () => (await inspector.xlen(stream)) === 2);
    const left = await inspector.xrange(stream, '-', '+');
    expect(left.map(([, fields]) => fields[1])).toEqual([
      expect.stringContaining('third'),
      expect.stringContaining('fourth'),
    ]);
    gate.open();
    await eventually('nothing is left', async () => (await inspector.xlen(stream)) === 0);
  });
});

describe('a stream of events', () => {
  it('that nobody subscribes to yet is left alone: whoever comes first gets all of it', async () => {
    await publisher.publish(said, hello);
    expect(await trimAcknowledged(inspector, stream)).toBe(0);
    expect(await trimAcknowledged(inspector, 'clearbid:{event:never.published}')).toBe(0);
    expect(await inspector.xlen(stream)).toBe(1);
  });

  it('tells how many are waiting', async () => {
    const gate = new Gate();
    const backlogs: number[] = [];
    const observer = { backlog: (of: string, count: number) => void (of === stream && backlogs.push(count)) };
    await listen('wallet', async () => gate.pass(), { eventConcurrency: 2, observer });
    for (let n = 0; n < 5; n += 1) await publisher.publish(said, hello);
    await eventually('all five are told of', () => backlogs.at(-1) === 5);
    gate.open();
    await eventually('none is left', () => backlogs.at(-1) === 0);
  });
});

describe('a handler that fails', () => {
  it('gets the event again, each time later, until it succeeds', async () => {
    const attempts: { at: number; deliveries: number }[] = [];
    await listen(
      'wallet',
      async (_, { deliveries }) => {
        attempts.push({ at: performance.now(), deliveries });
        if (deliveries < 5) throw new Error('not yet');
      },
      { retryBaseMs: 40 },
    );
    await publisher.publish(said, hello);
    await eventually(
      'it has succeeded',
      async () => attempts.length === 5 && (await pendingOf('wallet')) === 0,
    );
    expect(attempts.map(({ deliveries }) => deliveries)).toEqual([1, 2, 3, 4, 5]);
    const waits = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? 0));
    // Back-off is 40, 80, 160, 320 ms, of which at least half is waited.
    [20, 40, 80, 160].forEach((least, index) => expect(waits[index]).toBeGreaterThanOrEqual(least));
  });

  it('does not hold up the events behind it', async () => {
    const heard: string[] = [];
    await listen(
      'wallet',
      async ({ text }) => {
        if (text === 'bad') throw new Error('never');
        heard.push(text);
      },
      { eventConcurrency: 1, retryBaseMs: 60_000, retryMaxMs: 60_000 },
    );
    await publisher.publish(said, { ...hello, text: 'bad' });
    await publisher.publish(said, { ...hello, text: 'good' });
    await eventually('the one behind is heard', () => heard.includes('good'));
  });

  it('does not take its event back from a living replica that has taken it over meanwhile', async () => {
    let attempts = 0;
    const fail = async () => {
      attempts += 1;
      throw new Error('not yet');
    };
    await listen('wallet', fail, { retryBaseMs: 200 });
    await publisher.publish(said, hello);
    await eventually('it has failed', () => attempts === 1);
    await inspector.set(keys.alive('wallet', 'other'), '1');
    const [entry] = await inspector.xrange(stream, '-', '+');
    await inspector.xclaim(stream, 'wallet', 'other', 0, entry?.[0] ?? '');
    await eventually('the time of the next attempt has passed', async () => {
      const rows = (await inspector.xpending(stream, 'wallet', '-', '+', 1)) as [
        string,
        string,
        number,
        number,
      ][];
      return (rows[0]?.[2] ?? 0) > 500 || attempts > 1;
    });
    expect(attempts).toBe(1);
  });

  it('for good leaves a dead letter, which an operator sees, and can send to that service again', async () => {
    let works = false;
    const heard: Record<string, EventMeta[]> = { wallet: [], ads: [] };
    const died: string[] = [];
    await listen(
      'wallet',
      async (_, event) => {
        if (!works) throw new Error('the ledger is closed');
        heard.wallet?.push(event);
      },
      { maxDeliveries: 3, observer: { onDeadLetter: (name) => void died.push(name) } },
    );
    await listen('ads', async (_, event) => void heard.ads?.push(event));
    await publisher.publish(said, hello, { id: 'event-1', headers: { requestId: 'request-7' } });

    const letter = await eventually(
      'it has died',
      async () => (await deadLetters.list({ service: 'wallet' })).items[0],
    );
    expect(letter).toMatchObject({
      event: { name: 'parrot.said', id: 'event-1' },
      payload: { text: 'hello', amount: '5' },
      headers: { requestId: 'request-7' },
      error: 'the ledger is closed',
      deliveries: 3,
    });
    expect(Math.abs(letter.diedAt.getTime() - Date.now())).toBeLessThan(60_000);
    expect(died).toEqual(['parrot.said']);
    await eventually('it is acknowledged', async () => (await pendingOf('wallet')) === 0);

    works = true;
    await deadLetters.replay('wallet', letter.id);
    await eventually('it is heard', () => heard.wallet?.length === 1);
    expect(heard.wallet?.[0]).toMatchObject({ id: 'event-1', name: 'parrot.said', deliveries: 1 });
    expect(heard.ads).toHaveLength(1);
    expect((await deadLetters.list({ service: 'wallet' })).items).toEqual([]);
    await eventually(
      'the replay is done with',
      async () => (await inspector.xlen(keys.replay('wallet'))) === 0,
    );
  });

  it('on a replay leaves a dead letter again', async () => {
    await listen('wallet', async () => Promise.reject(new Error('still closed')), { maxDeliveries: 2 });
    await publisher.publish(said, hello, { id: 'event-1' });
    const first = await eventually(
      'it has died',
      async () => (await deadLetters.list({ service: 'wallet' })).items[0],
    );
    await deadLetters.replay('wallet', first.id);
    const second = await eventually('it has died again', async () => {
      return (await deadLetters.list({ service: 'wallet' })).items[0];
    });
    expect(second.id).not.toBe(first.id);
    expect(second.event).toEqual(first.event);
  });
});

describe('an event that can never be handled', () => {
  it('for its payload is a dead letter at once, naming the field', async () => {
    let heard = 0;
    await listen('wallet', async () => void (heard += 1));
    await publisher.relay([
      { id: '1', name: said.name, headers: {}, payload: { text: 'hello', amount: 'much' } },
    ]);
    const letter = await eventually(
      'it has died',
      async () => (await deadLetters.list({ service: 'wallet' })).items[0],
    );
    expect(letter.error).toContain('amount');
    expect(letter.deliveries).toBe(1);
    expect(heard).toBe(0);
  });

  it('because replica after replica dies of it is a dead letter, and nobody tries it once more', async () => {
    let heard = 0;
    await inspector.xgroup('CREATE', stream, 'wallet', '0', 'MKSTREAM');
    await publisher.publish(said, hello);
    const [entry] = await inspector.xrange(stream, '-', '+');
    await inspector.xreadgroup('GROUP', 'wallet', 'ghost', 'COUNT', 1, 'STREAMS', stream, '>');
    await inspector.xclaim(stream, 'wallet', 'ghost', 0, entry?.[0] ?? '', 'RETRYCOUNT', 3);
    await listen('wallet', async () => void (heard += 1), { maxDeliveries: 3 });
    const letter = await eventually(
      'it has died',
      async () => (await deadLetters.list({ service: 'wallet' })).items[0],
    );
    expect(letter.error).toContain('delivered 3 times');
    expect(heard).toBe(0);
  });
});

describe('dead letters', () => {
  it('are listed page by page, newest first, and discarded one by one', async () => {
    await listen('wallet', async () => Promise.reject(new Error('no')), { maxDeliveries: 1 });
    for (const id of ['1', '2', '3', '4', '5']) await publisher.publish(said, hello, { id });
    const count = async () => (await deadLetters.list({ service: 'wallet' })).items.length;
    await eventually('all have died', async () => (await count()) === 5);

    const first = await deadLetters.list({ service: 'wallet', limit: 3 });
    const second = await deadLetters.list({ service: 'wallet', limit: 3, cursor: first.nextCursor ?? '' });
    const ids = [...first.items, ...second.items].map(({ event }) => event.id);
    expect(new Set(ids)).toEqual(new Set(['1', '2', '3', '4', '5']));
    expect(second.items).toHaveLength(2);
    expect(second.nextCursor).toBeNull();

    const gone = first.items[0]?.id ?? '';
    await deadLetters.discard('wallet', gone);
    expect(await count()).toBe(4);
    await expect(deadLetters.discard('wallet', gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(deadLetters.replay('wallet', gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(deadLetters.replay('wallet', 'nonsense')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a slow handler', () => {
  it('keeps its event, however long it takes: it is alive', async () => {
    const gate = new Gate();
    let stolen = 0;
    // Both bear the same name, as two processes of one replica do when a restart overlaps.
    await listen('wallet', async () => gate.pass());
    await publisher.publish(said, hello);
    await eventually('the slow one has it', () => gate.arrivals === 1);
    await listen('wallet', async () => void (stolen += 1));
    // Three times the silence after which a replica counts as dead.
    await eventually('it has been at it for long', async () => {
      const rows = (await inspector.xpending(stream, 'wallet', '-', '+', 1)) as [
        string,
        string,
        number,
        number,
      ][];
      return (rows[0]?.[2] ?? 0) > 3 * quick.aliveMs;
    });
    expect(stolen).toBe(0);
    expect(gate.arrivals).toBe(1);
    gate.open();
    await eventually('it is acknowledged', async () => (await pendingOf('wallet')) === 0);
  });

  it('keeps it even when its heartbeat is gone for a moment, as after FLUSHALL', async () => {
    const gate = new Gate();
    for (const replica of ['a', 'b']) await listen('wallet', async () => gate.pass(), { replica });
    await publisher.publish(said, hello);
    await eventually('one of them has it', () => gate.arrivals === 1);
    const until = performance.now() + quick.aliveMs / 2;
    while (performance.now() < until) {
      const heartbeats = await inspector.keys(keys.alive('wallet', '*'));
      if (heartbeats.length > 0) await inspector.del(heartbeats);
    }
    expect(gate.arrivals).toBe(1);
    gate.open();
  });

  it('is not given the same event again when the group is made anew around it', async () => {
    const gate = new Gate();
    await listen('wallet', async () => gate.pass());
    await publisher.publish(said, hello);
    await eventually('it has it', () => gate.arrivals === 1);
    await inspector.xgroup('DESTROY', stream, 'wallet');
    await eventually('the new group has delivered it', async () => (await pendingOf('wallet')) === 1);
    gate.open();
    await eventually('it is acknowledged', async () => (await pendingOf('wallet')) === 0);
    expect(gate.arrivals).toBe(1);
  });
});
