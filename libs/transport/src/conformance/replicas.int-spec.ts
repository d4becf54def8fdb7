import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
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
let replicas: ReplicaProcess[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  inspector = new Redis(redis.url);
  client = new RpcClient({ redis: redis.url });
  publisher = new EventPublisher({ redis: redis.url });
  await Promise.all([client.connect(), publisher.connect()]);
});

afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.kill()));
  replicas = [];
  await inspector.flushall();
});

afterAll(async () => {
  await Promise.all([client.close(), publisher.close()]);
  inspector.disconnect();
  await redis.stop();
});

async function startReplicas(...names: string[]): Promise<ReplicaProcess[]> {
  replicas = await Promise.all(names.map((name) => ReplicaProcess.start(redis.url, name)));
  return replicas;
}

function begunBy(key: string): Promise<string[]> {
  return inspector.lrange(`begun:${key}`, 0, -1);
}

describe('two replicas of one service', () => {
  it('handle 1,000 requests and 1,000 events once each, between them', async () => {
    await startReplicas('a', 'b');
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((n) => client.call(work, { key: `request-${n}` })));
    await publisher.publishMany(
      numbers.map((n) => ({ contract: said, payload: { text: '', amount: 1n }, id: `event-${n}` })),
    );
    await eventually('all are handled', async () => Number(await inspector.get('effects')) === 2_000);
    await eventually('all are acknowledged', async () => {
      const [pending] = (await inspector.xpending(keys.event(said.name), 'parrot')) as [number];
      return pending === 0 && (await inspector.xlen(keys.rpc('parrot'))) === 0;
    });

    const attempts = await Promise.all(
      numbers.flatMap((n) => [begunBy(`request-${n}`), begunBy(`event-${n}`)]),
    );
    expect(attempts.filter((by) => by.length !== 1)).toEqual([]);
    expect(new Set(answers.map(({ by }) => by))).toEqual(new Set(['a', 'b']));
    expect(new Set(attempts.flat())).toEqual(new Set(['a', 'b']));
  });
});

describe.each(['before-effect', 'after-effect'])(
  'a replica killed in the middle of a message, %s',
  (place) => {
    it('leaves a request to the other, which answers it, and its effect happens once', async () => {
      await inspector.set('hold:a', place);
      const [a] = await startReplicas('a');
      const answer = client.call(work, { key: 'k' }, { timeoutMs: 10_000 });
      const mark = place === 'before-effect' ? 'begun:k' : 'effect:k';
      await eventually('a is in the middle of it', () => inspector.exists(mark).then((count) => count === 1));
      replicas.push(await ReplicaProcess.start(redis.url, 'b'));
      await a?.kill();

      expect(await answer).toEqual({ by: 'b' });
      expect(await begunBy('k')).toEqual(['a', 'b']);
      expect(await inspector.get('effects')).toBe('1');
      await eventually('nothing is left of it, nor of a', async () => {
        const consumers = (await inspector.xinfo('CONSUMERS', keys.rpc('parrot'), 'parrot')) as unknown[];
        return consumers.length === 1 && (await inspector.xlen(keys.rpc('parrot'))) === 0;
      });
    });

    it('leaves an event to the other, and its effect happens once', async () => {
      await inspector.set('hold:a', place);
      const [a] = await startReplicas('a');
      await publisher.publish(said, { text: '', amount: 1n }, { id: 'k' });
      const mark = place === 'before-effect' ? 'begun:k' : 'effect:k';
      await eventually('a is in the middle of it', () => inspector.exists(mark).then((count) => count === 1));
      replicas.push(await ReplicaProcess.start(redis.url, 'b'));
      await a?.kill();

      await eventually('the other has handled it', async () => {
        const [pending] = (await inspector.xpending(keys.event(said.name), 'parrot')) as [number];
        return pending === 0;
      });
      expect(await begunBy('k')).toEqual(['a', 'b']);
      expect(await inspector.get('effects')).toBe('1');
    });
  },
);

describe('a replica that starts again after it was killed', () => {
  it('takes over from its former self, although it bears the same name', async () => {
    await inspector.set('hold:a', 'before-effect');
    const [a] = await startReplicas('a');
    const answer = client.call(work, { key: 'k' }, { timeoutMs: 10_000 });
    await eventually('a is in the middle of it', () =>
      inspector.exists('begun:k').then((count) => count === 1),
    );
    await a?.kill();
    await inspector.del('hold:a');
    replicas.push(await ReplicaProcess.start(redis.url, 'a'));
    expect(await answer).toEqual({ by: 'a' });
    expect(await begunBy('k')).toEqual(['a', 'a']);
  });
});
