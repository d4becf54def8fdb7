import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { DomainError, type RequestOf, type ResponseOf } from '#libs/contracts';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { currentContext, deadlineIn, runInContext, type CallContext } from '../call-context.js';
import { Rpc } from '../decorators.js';
import { keys } from '../keys.js';
import { RpcClient } from '../rpc-client.js';
import { Gate } from './gate.js';
import { ask, echo, refuse, work } from './test-contracts.js';
import { recordingLogger, startService, type TestServiceOptions } from './test-service.js';

jest.setTimeout(30_000);

let redis: TestRedis;
let inspector: Redis;
let client: RpcClient;
const toClose: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  inspector = new Redis(redis.url);
  client = new RpcClient({ redis: redis.url, timeoutMs: 20_000 });
  await client.connect();
});

afterEach(async () => {
  for (const closable of toClose.splice(0)) await closable.close();
  await inspector.flushall();
});

afterAll(async () => {
  await client.close();
  inspector.disconnect();
  await redis.stop();
});

async function serve(controller: new () => object, options: Partial<TestServiceOptions> = {}) {
  const service = await startService(controller, { service: 'parrot', redis: redis.url, ...options });
  toClose.push(service);
  return service;
}

const saying = { text: 'hello', amount: 9_007_199_254_740_993n, at: new Date('2026-11-21T08:00:00.000Z') };

describe('a request', () => {
  class Parrot {
    @Rpc(echo) async echo(request: RequestOf<typeof echo>): Promise<ResponseOf<typeof echo>> {
      expect(typeof request.amount).toBe('bigint');
      expect(request.at).toBeInstanceOf(Date);
      return request;
    }
  }

  it('arrives as the types of its contract, and so does the answer', async () => {
    await serve(Parrot);
    expect(await client.call(echo, saying)).toEqual(saying);
  });

  it('that the contract does not allow is refused before it is sent, naming the field', async () => {
    await serve(Parrot);
    await expect(client.call(echo, { ...saying, text: '' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ field: 'text' }] },
    });
  });

  it('that a caller with another contract got through is refused at the door, naming the field', async () => {
    await serve(Parrot);
    const laxEcho = { ...work, pattern: echo.pattern };
    await expect(client.call(laxEcho, { key: 'k' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: {
        errors: expect.arrayContaining([
          { field: 'text', message: expect.any(String) },
          { field: 'amount', message: expect.any(String) },
        ]),
      },
    });
  });

  it('leaves nothing behind in the stream when it is answered', async () => {
    await serve(Parrot);
    await Promise.all(Array.from({ length: 100 }, () => client.call(echo, saying)));
    await eventually('the backlog is empty', async () => (await inspector.xlen(keys.rpc('parrot'))) === 0);
  });

  it('that nothing here answers says so, and was certainly not executed', async () => {
    await serve(Parrot);
    await expect(client.call(work, { key: 'k' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('parrot.work'),
    });
  });

  it('sent before any replica runs is answered by the first that starts', async () => {
    const answer = client.call(echo, saying);
    await serve(Parrot);
    expect(await answer).toEqual(saying);
  });

  it('that is no request at all is dropped and does not stop the others', async () => {
    const { logger, lines } = recordingLogger();
    await serve(Parrot, { logger });
    await inspector.xadd(keys.rpc('parrot'), '*', 'm', '{"pattern":');
    await inspector.xadd(keys.rpc('parrot'), '*', 'other', 'field');
    expect(await client.call(echo, saying)).toEqual(saying);
    await eventually('the backlog is empty', async () => (await inspector.xlen(keys.rpc('parrot'))) === 0);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});

describe('an error of a handler', () => {
  class Parrot {
    @Rpc(refuse) async refuse({ how }: RequestOf<typeof refuse>): Promise<ResponseOf<typeof refuse>> {
      if (how === 'listed')
        throw new DomainError('INSUFFICIENT_FUNDS', 'wallet 12 has 1.00', { walletId: '12' });
      if (how === 'common') throw new DomainError('NOT_FOUND', 'there is no wallet 12');
      if (how === 'unlisted') throw new DomainError('EMAIL_TAKEN', 'somebody has it');
      if (how === 'bug') throw new TypeError('password of the database is hunter2');
      return { ok: 'yes' as unknown as boolean };
    }
  }

  it('that the contract lists is the same error at the caller', async () => {
    await serve(Parrot);
    const error = await client.call(refuse, { how: 'listed' }).catch((caught: unknown) => caught);
    expect(DomainError.is(error, 'INSUFFICIENT_FUNDS')).toBe(true);
    expect(error).toMatchObject({ message: 'wallet 12 has 1.00', details: { walletId: '12' } });
  });

  it('that every contract may have needs no listing', async () => {
    await serve(Parrot);
    await expect(client.call(refuse, { how: 'common' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['unlisted', 'bug', 'bad-response'] as const)(
    'that nobody announced (%s) is logged with its stack and tells the caller nothing',
    async (how) => {
      const { logger, lines } = recordingLogger();
      await serve(Parrot, { logger });
      const error = await client.call(refuse, { how }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'INTERNAL',
        message: 'Something went wrong on our side',
        details: {},
      });
      const logged = lines.find(({ level }) => level === 'error')?.fields.err as Error;
      expect(logged.message).toBe(
        {
          unlisted: 'somebody has it',
          bug: 'password of the database is hunter2',
          'bad-response': 'The handler of parrot.refuse returned what its contract does not allow',
        }[how],
      );
      expect(logged.stack).toContain('    at ');
    },
  );
});

describe('a deadline', () => {
  it('ends a call whose answer does not come, with its outcome unknown', async () => {
    const gate = new Gate();
    class Parrot {
      @Rpc(work) async work() {
        await gate.pass();
        return { by: 'parrot' };
      }
    }
    await serve(Parrot);
    await expect(client.call(work, { key: 'k' }, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    expect(gate.arrivals).toBe(1);
    gate.open();
  });

  it('passed before the work has begun means that it never begins', async () => {
    const gate = new Gate();
    const begun: string[] = [];
    class Parrot {
      @Rpc(work) async work({ key }: RequestOf<typeof work>) {
        begun.push(key);
        await gate.pass();
        return { by: 'parrot' };
      }
    }
    const dropped: string[] = [];
    await serve(Parrot, {
      concurrency: 1,
      observer: { onDropped: (_, reason) => void dropped.push(reason) },
    });
    const first = client.call(work, { key: 'first' });
    await eventually('the first is being worked on', () => begun.length === 1);
    await expect(client.call(work, { key: 'second' }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    // The deadline runs from Redis's stamp, which a busy machine may set later than the caller began to wait.
    await eventually('the deadline has passed by the clock that it is measured by', async () => {
      const [[stamp] = []] = await inspector.xrevrange(keys.rpc('parrot'), '+', '-', 'COUNT', 1);
      const [seconds, micros] = await inspector.time();
      return Number(seconds) * 1_000 + Number(micros) / 1_000 > Number(stamp?.split('-')[0]) + 60;
    });
    gate.open();
    await first;
    await client.call(work, { key: 'third' });
    expect(begun).toEqual(['first', 'third']);
    expect(dropped).toEqual(['deadline']);
  });

  it('holds for the calls made while serving: nobody waits longer than whoever waits for him', async () => {
    const gate = new Gate();
    class Parrot {
      @Rpc(work) async work() {
        await gate.pass();
        return { by: 'parrot' };
      }
    }
    let innerWaitedMs = 0;
    let innerCode = '';
    class Zoo {
      @Rpc(ask) async ask({ key }: RequestOf<typeof ask>) {
        const since = performance.now();
        try {
          return { heard: (await client.call(work, { key }, { timeoutMs: 60_000 })).by };
        } catch (error) {
          innerCode = DomainError.is(error) ? error.code : '';
          throw error;
        } finally {
          innerWaitedMs = performance.now() - since;
        }
      }
    }
    await serve(Parrot);
    await serve(Zoo, { service: 'zoo' });
    await expect(client.call(ask, { key: 'k' }, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    await eventually('the inner call has ended too', () => innerCode === 'TIMEOUT');
    expect(innerWaitedMs).toBeLessThan(10_000);
    gate.open();
  });

  it('that has passed already sends nothing', async () => {
    const context: CallContext = { requestId: 'r', deadlineAt: deadlineIn(-1) };
    await expect(runInContext(context, () => client.call(echo, saying))).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    expect(await inspector.xlen(keys.rpc('parrot'))).toBe(0);
  });
});

describe('a backlog over its limit', () => {
  it('refuses what does not fit at once, keeps what does, and serves it', async () => {
    const gate = new Gate();
    class Parrot {
      @Rpc(work) async work({ key }: RequestOf<typeof work>) {
        await gate.pass();
        return { by: key };
      }
    }
    await serve(Parrot, { concurrency: 2, backlogLimit: 5 });
    const since = performance.now();
    const calls = Array.from({ length: 8 }, (_, index) => client.call(work, { key: String(index) }));
    const refused = await Promise.allSettled(calls.slice(5));
    expect(performance.now() - since).toBeLessThan(5_000);
    for (const result of refused)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
    expect(await inspector.xlen(keys.rpc('parrot'))).toBe(5);
    await expect(client.call(work, { key: 'late' })).rejects.toMatchObject({ code: 'OVERLOADED' });

    gate.open();
    const served = await Promise.all(calls.slice(0, 5));
    expect(served.map(({ by }) => by)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('never has more worked on at once than there are slots', async () => {
    let atOnce = 0;
    let most = 0;
    class Parrot {
      @Rpc(work) async work() {
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setTimeout(resolve, 1));
        atOnce -= 1;
        return { by: 'parrot' };
      }
    }
    await serve(Parrot, { concurrency: 4 });
    await Promise.all(Array.from({ length: 200 }, () => client.call(work, { key: 'k' })));
    expect(most).toBe(4);
  });
});

describe('the context of a call', () => {
  it('travels through two hops: request id, trace and principal', async () => {
    const seen: Record<string, CallContext | undefined> = {};
    class Parrot {
      @Rpc(work) async work() {
        seen.parrot = currentContext();
        return { by: 'parrot' };
      }
    }
    class Zoo {
      @Rpc(ask) async ask({ key }: RequestOf<typeof ask>) {
        seen.zoo = currentContext();
        return { heard: (await client.call(work, { key })).by };
      }
    }
    await serve(Parrot);
    await serve(Zoo, { service: 'zoo' });
    const context: CallContext = {
      requestId: 'request-7',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      principal: { accountId: '12', kind: 'merchant', sessionId: '34', permissions: ['wallet:read'] },
    };
    await runInContext(context, () => client.call(ask, { key: 'k' }));
    expect(seen.zoo).toMatchObject(context);
    expect(seen.parrot).toMatchObject(context);
    expect(seen.parrot?.deadlineAt).toBeLessThanOrEqual((seen.zoo?.deadlineAt ?? 0) + 50);
  });
});
