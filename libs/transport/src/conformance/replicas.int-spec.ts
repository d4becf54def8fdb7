import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { EventPublisher } from '../event-publisher.js';
import { keys } from '../keys.js';
import { RpcClient } from '../rpc-client.js';
import { ReplicaProcess } from './replica-process.js';
import { said, work } from './test-contracts.js';

let redis: TestRedis;
let inspector: Redis;
let client: RpcClient;
let publisher: EventPublisher;
/** Started and not killed yet. A process takes long to start, so the survivors of one test serve in the next. */
const running = new Map<string, ReplicaProcess>();
let started = 0;

jest.setTimeout(30_000);

beforeAll(async () => {
  redis = await startTestRedis();
  inspector = new Redis(redis.url);
  client = new RpcClient({ redis: redis.url, timeoutMs: 20_000 });
  publisher = new EventPublisher({ redis: redis.url });
  await Promise.all([client.connect(), publisher.connect()]);
});

afterEach(() => inspector.flushall());

afterAll(async () => {
  await Promise.all([...running.keys()].map(kill));
  await Promise.all([client.close(), publisher.close()]);
  inspector.disconnect();
  await redis.stop();
});

async function start(name = `replica-${++started}`): Promise<string> {
  running.set(name, await ReplicaProcess.start(redis.url, name));
  return name;
}

async function kill(name: string): Promise<void> {
  await running.get(name)?.kill();
  running.delete(name);
}

/** Exactly this many replicas, new or surviving. */
async function replicas(count: number): Promise<readonly string[]> {
  await Promise.all([...running.keys()].slice(count).map(kill));
  await Promise.all(Array.from({ length: count - running.size }, () => start()));
  return [...running.keys()];
}

function begunBy(key: string): Promise<string[]> {
  return inspector.lrange(`begun:${key}`, 0, -1);
}

async function pendingEvents(): Promise<number> {
  const [pending] = (await inspector.xpending(keys.event(said.name), 'parrot')) as [number];
  return pending;
}

describe('two replicas of one service', () => {
  it('handle 1,000 requests and 1,000 events once each, between them', async () => {
    const names = await replicas(2);
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((n) => client.call(work, { key: `request-${n}` })));
    await publisher.publishMany(
      numbers.map((n) => ({ contract: said, payload: { text: '', amount: 1n }, id: `event-${n}` })),
    );
    await eventually('all are handled', async () => Number(await inspector.get('effects')) === 2_000);
    await eventually('all are acknowledged', async () => {
      return (await pendingEvents()) === 0 && (await inspector.xlen(keys.rpc('parrot'))) === 0;
    });

    const attempts = await Promise.all(
      numbers.flatMap((n) => [begunBy(`request-${n}`), begunBy(`event-${n}`)]),
    );
    expect(attempts.filter((by) => by.length !== 1)).toEqual([]);
    expect(new Set(answers.map(({ by }) => by))).toEqual(new Set(names));
    expect(new Set(attempts.flat())).toEqual(new Set(names));
  });
});

describe('a replica killed in the middle of its work', () => {
  it.each([
    { place: 'before-effect', mark: 'begun' },
    { place: 'after-effect', mark: 'effect' },
  ])('($place) leaves it to another, and each effect happens once', async ({ place, mark }) => {
    const [victim = ''] = await replicas(1);
    await inspector.set(`hold:${victim}`, place);
    const answer = client.call(work, { key: 'request' }, { timeoutMs: 20_000 });
    await publisher.publish(said, { text: '', amount: 1n }, { id: 'event' });
    await eventually('it is in the middle of both', async () => {
      return (await inspector.exists(`${mark}:request`, `${mark}:event`)) === 2;
    });
    const heir = await start();
    await kill(victim);

    expect(await answer).toEqual({ by: heir });
    await eventually('the event is handled too', async () => (await pendingEvents()) === 0);
    expect(await begunBy('request')).toEqual([victim, heir]);
    expect(await begunBy('event')).toEqual([victim, heir]);
    expect(await inspector.get('effects')).toBe('2');
    await eventually('nothing is left of it in the group', async () => {
      const consumers = (await inspector.xinfo('CONSUMERS', keys.rpc('parrot'), 'parrot')) as unknown[];
      return consumers.length === 1 && (await inspector.xlen(keys.rpc('parrot'))) === 0;
    });
  });

  it('takes over from its former self when it starts again under the same name', async () => {
    const [name = ''] = await replicas(1);
    await inspector.set(`hold:${name}`, 'before-effect');
    const answer = client.call(work, { key: 'request' }, { timeoutMs: 20_000 });
    await eventually(
      'it is in the middle of it',
      async () => (await inspector.exists('begun:request')) === 1,
    );
    await kill(name);
    await inspector.del(`hold:${name}`);
    await start(name);
    expect(await answer).toEqual({ by: name });
    expect(await begunBy('request')).toEqual([name, name]);
  });
});
