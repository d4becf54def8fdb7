import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { DomainError, type PayloadOf, type RequestOf } from '#libs/contracts';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { OnEvent, Rpc, type EventMeta } from '../decorators.js';
import { EventPublisher } from '../event-publisher.js';
import { keys } from '../keys.js';
import { RpcClient } from '../rpc-client.js';
import { said, work } from './test-contracts.js';
import { recordingLogger, startService, type TestService } from './test-service.js';

jest.setTimeout(30_000);

let redis: TestRedis;
let client: RpcClient;
let publisher: EventPublisher;
let service: TestService;
let inspector: Redis;

/** How often each request and each event was begun. */
const begun = new Map<string, number>();
const count = (key: string) => begun.set(key, (begun.get(key) ?? 0) + 1);

class Parrot {
  @Rpc(work) async work({ key }: RequestOf<typeof work>) {
    count(key);
    await delay(2);
    return { by: key };
  }

  @OnEvent(said) async hear(_: PayloadOf<typeof said>, { id }: EventMeta): Promise<void> {
    count(id);
  }
}

beforeAll(async () => {
  redis = await startTestRedis();
  inspector = new Redis(redis.url, { maxRetriesPerRequest: null });
  inspector.on('error', () => undefined);
  const { logger } = recordingLogger();
  client = new RpcClient({ redis: redis.url, timeoutMs: 20_000, logger });
  publisher = new EventPublisher({ redis: redis.url, logger });
  await Promise.all([client.connect(), publisher.connect()]);
  service = await startService(Parrot, { service: 'parrot', redis: redis.url, logger });
});

afterEach(() => begun.clear());

afterAll(async () => {
  await service.close();
  await Promise.all([client.close(), publisher.close()]);
  inspector.disconnect();
  await redis.stop();
});

/** `ok`, or the code of the error that the call ended with. */
type Ending = string;

/** How often a request may have been begun when its call ended so. Nothing is begun twice without a replica dying. */
const timesBegun: Record<Ending, readonly number[]> = { ok: [1], TIMEOUT: [0, 1], UNAVAILABLE: [0] };

/** Calls without a pause, eight at a time, until it is told to stop; keeps how each call ended. */
class Traffic {
  private static started = 0;
  readonly endings = new Map<string, Ending>();
  private readonly name = `traffic ${++Traffic.started}`;
  private stopped = false;
  private readonly callers: readonly Promise<void>[];

  constructor(private readonly timeoutMs: number) {
    this.callers = Array.from({ length: 8 }, (_, caller) => this.keepCalling(caller));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.callers);
  }

  /** Resolves when each caller has been answered once more, from now on. */
  async flows(): Promise<void> {
    const before = this.answered;
    await eventually('calls are answered', () => this.answered > before + 50);
  }

  /** Calls that ended otherwise than they may, or whose request was begun more or less often than the ending says. */
  contradictions(): readonly { key: string; ending: Ending; times: number }[] {
    return [...this.endings]
      .map(([key, ending]) => ({ key, ending, times: begun.get(key) ?? 0 }))
      .filter(({ ending, times }) => !(timesBegun[ending] ?? []).includes(times));
  }

  get answered(): number {
    return [...this.endings.values()].filter((ending) => ending === 'ok').length;
  }

  private async keepCalling(caller: number): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      const key = `${this.name}-${caller}-${n}`;
      this.endings.set(key, 'waiting');
      this.endings.set(key, await endingOf(client.call(work, { key }, { timeoutMs: this.timeoutMs })));
      // A refusal comes at once: without this, the time that Redis is away would be one tight loop.
      if (this.endings.get(key) !== 'ok') await delay(5);
    }
  }
}

async function endingOf(call: Promise<unknown>): Promise<Ending> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return DomainError.is(error) ? error.code : String(error);
  }
}

async function publishUntilHeard(id: string): Promise<void> {
  // Each connection finds its own way back: the publisher's may do so after that of the calls.
  await eventually(`event ${id} is published`, async () => {
    await publisher.publish(said, { text: '', amount: 1n }, { id });
    return true;
  });
  await eventually(`event ${id} is heard`, () => begun.has(id));
}

describe('when everything in Redis is deleted during traffic', () => {
  it('calls in flight end, and the service goes on', async () => {
    const traffic = new Traffic(500);
    for (let round = 0; round < 3; round += 1) {
      await traffic.flows();
      await inspector.flushall();
    }
    await traffic.flows();
    await traffic.stop();
    expect(traffic.contradictions()).toEqual([]);
  });

  it('what is published right after it is heard', async () => {
    for (const id of ['first', 'second', 'third']) {
      await inspector.flushall();
      await publishUntilHeard(id);
      expect(begun.get(id)).toBe(1);
    }
  });

  it('a group that alone is destroyed is made anew', async () => {
    await inspector.xgroup('DESTROY', keys.rpc('parrot'), 'parrot');
    await inspector.xgroup('DESTROY', keys.event(said.name), 'parrot');
    expect(await client.call(work, { key: 'k' })).toEqual({ by: 'k' });
    await publishUntilHeard('e');
  });
});

describe('when Redis is killed during traffic and started again, empty', () => {
  it('calls end at once or by their deadline, exactly as they say, and the service goes on', async () => {
    const traffic = new Traffic(500);
    await traffic.flows();
    await redis.kill();
    await eventually('calls are refused', () => [...traffic.endings.values()].includes('UNAVAILABLE'));
    const since = performance.now();
    expect(await endingOf(client.call(work, { key: 'away' }))).toBe('UNAVAILABLE');
    expect(performance.now() - since).toBeLessThan(2_000);
    await expect(publisher.publish(said, { text: '', amount: 1n })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });

    await redis.restart();
    await traffic.flows();
    await publishUntilHeard('after restart');
    await traffic.stop();
    expect(begun.get('away')).toBeUndefined();
    expect(traffic.contradictions()).toEqual([]);
  });
});

describe('when connections are cut again and again during traffic', () => {
  it('no request is done twice, none that was refused is done, and no answered one is lost', async () => {
    const traffic = new Traffic(400);
    for (let round = 0; round < 8; round += 1) {
      await traffic.flows();
      await inspector.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      if (round % 2 === 0) await inspector.client('KILL', 'TYPE', 'pubsub');
    }
    await traffic.flows();
    await traffic.stop();
    expect(traffic.contradictions()).toEqual([]);
    await eventually('the backlog is empty', async () => (await inspector.xlen(keys.rpc('parrot'))) === 0);
  });
});

describe('when Redis does not answer', () => {
  it('a call ends by its deadline, with its outcome unknown', async () => {
    await inspector.client('PAUSE', 300, 'ALL');
    expect(await endingOf(client.call(work, { key: 'k' }, { timeoutMs: 100 }))).toBe('TIMEOUT');
  });
});

describe('when the channel for replies can not be opened', () => {
  it('nothing is sent whose answer would be lost', async () => {
    await inspector.acl('SETUSER', 'deaf', 'on', 'nopass', '~*', '&*', '+@all', '-subscribe');
    const { logger } = recordingLogger();
    const deaf = new RpcClient({ redis: redis.url.replace('//', '//deaf:none@'), timeoutMs: 20_000, logger });
    await deaf.connect();
    expect(await endingOf(deaf.call(work, { key: 'unheard' }))).toBe('UNAVAILABLE');
    await client.call(work, { key: 'heard' });
    expect(begun.get('heard')).toBe(1);
    expect(begun.get('unheard')).toBeUndefined();
    await deaf.close();
  });
});

describe('when Redis forgets its scripts', () => {
  it('they are sent again', async () => {
    await client.call(work, { key: 'before' });
    await inspector.script('FLUSH');
    expect(await client.call(work, { key: 'after' })).toEqual({ by: 'after' });
  });
});
