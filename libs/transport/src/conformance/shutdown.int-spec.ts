import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import type { RequestOf } from '#libs/contracts';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { OnEvent, Rpc } from '../decorators.js';
import { EventPublisher } from '../event-publisher.js';
import { keys } from '../keys.js';
import { RpcClient } from '../rpc-client.js';
import { Gate } from './gate.js';
import { said, work } from './test-contracts.js';
import { startService } from './test-service.js';

jest.setTimeout(30_000);

let redis: TestRedis;
let inspector: Redis;
let client: RpcClient;

beforeAll(async () => {
  redis = await startTestRedis();
  inspector = new Redis(redis.url);
  client = new RpcClient({ redis: redis.url, timeoutMs: 20_000 });
  await client.connect();
});

afterAll(async () => {
  await client.close();
  inspector.disconnect();
  await redis.stop();
});

async function consumersOf(service: string, stream: string): Promise<number> {
  return ((await inspector.xinfo('CONSUMERS', stream, service)) as unknown[]).length;
}

describe('a replica that shuts down', () => {
  it('loses nothing: what it has begun is answered by it, the rest by the other', async () => {
    const handled = new Map<string, number>();
    class Parrot {
      @Rpc(work) async work({ key }: RequestOf<typeof work>) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        handled.set(key, (handled.get(key) ?? 0) + 1);
        return { by: key };
      }
    }
    const options = { service: 'parrot', redis: redis.url, concurrency: 8 };
    const leaving = await startService(class extends Parrot {}, { ...options, replica: 'leaving' });
    const staying = await startService(class extends Parrot {}, { ...options, replica: 'staying' });

    const calls = Array.from({ length: 500 }, (_, index) => client.call(work, { key: String(index) }));
    await eventually('some are done', () => handled.size > 50);
    await leaving.close();
    expect(handled.size).toBeLessThan(500);
    expect(await consumersOf('parrot', keys.rpc('parrot'))).toBe(1);
    expect(await inspector.keys(keys.alive('parrot', 'leaving:*'))).toEqual([]);

    const answers = await Promise.all(calls);
    expect(answers.map(({ by }) => by)).toEqual(calls.map((_, index) => String(index)));
    expect([...handled.values()].every((times) => times === 1)).toBe(true);
    await staying.close();
  });

  it('waits for what it has begun, and begins nothing more', async () => {
    const gate = new Gate();
    class Parrot {
      @Rpc(work) async work() {
        await gate.pass();
        return { by: 'parrot' };
      }
    }
    const service = await startService(Parrot, { service: 'parrot', redis: redis.url, concurrency: 2 });
    const begun = [client.call(work, { key: 'a' }), client.call(work, { key: 'b' })];
    await eventually('both are being worked on', () => gate.arrivals === 2);
    const closing = service.close();
    const after = client.call(work, { key: 'c' }, { timeoutMs: 200 });
    await expect(after).rejects.toMatchObject({ code: 'TIMEOUT' });
    gate.open();
    await closing;
    expect(await Promise.all(begun)).toEqual([{ by: 'parrot' }, { by: 'parrot' }]);
    expect(gate.arrivals).toBe(2);
    await inspector.flushall();
  });

  it('with nothing to do leaves at once, however long its reads block', async () => {
    class Parrot {
      @Rpc(work) async work() {
        return { by: 'parrot' };
      }
    }
    const service = await startService(Parrot, { service: 'parrot', redis: redis.url, sweepEveryMs: 60_000 });
    await client.call(work, { key: 'k' });
    const since = performance.now();
    await service.close();
    expect(performance.now() - since).toBeLessThan(3_000);
  });

  it('does not wait for ever: what is not finished in time is left to the others', async () => {
    const gate = new Gate();
    let finishes = 0;
    class Slow {
      @OnEvent(said) async hear() {
        await gate.pass();
      }
    }
    class Other {
      @OnEvent(said) async hear() {
        finishes += 1;
      }
    }
    const publisher = new EventPublisher({ redis: redis.url });
    await publisher.connect();
    const slow = await startService(Slow, { service: 'listener', redis: redis.url, shutdownTimeoutMs: 200 });
    await publisher.publish(said, { text: 'hello', amount: 1n });
    await eventually('it is being worked on', () => gate.arrivals === 1);
    await slow.close();
    const other = await startService(Other, { service: 'listener', redis: redis.url });
    await eventually('the other has taken it over', () => finishes === 1);
    await eventually('the one that left is out of the group', async () => {
      return (await consumersOf('listener', keys.event(said.name))) === 1;
    });
    gate.open();
    await other.close();
    await publisher.close();
  });
});
