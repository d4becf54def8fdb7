import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { eventually, startTestRedis, type TestRedis } from '#libs/testing';
import { closeRedis, connectInTime, createRedis, failureOf } from '../redis-connection.js';
import { SilentProxy } from './silent-proxy.js';
import { recordingLogger } from './test-service.js';

jest.setTimeout(30_000);

let redis: TestRedis;
let proxy: SilentProxy;

beforeAll(async () => {
  redis = await startTestRedis();
  proxy = await SilentProxy.to(redis.port);
});

afterAll(async () => {
  await proxy.close();
  await redis.stop();
});

async function connected(port: number, watch = { pingEveryMs: 50, pongWithinMs: 1_000 }): Promise<Redis> {
  const connection = createRedis(
    { port, host: '127.0.0.1', disconnectTimeout: 50 },
    'test',
    recordingLogger().logger,
    watch,
  );
  await connectInTime(connection, 5_000);
  return connection;
}

describe('a connection', () => {
  it('that has gone silent is given up: what was on its way is unknown, and a new one works', async () => {
    const connection = await connected(proxy.port);
    proxy.goSilent(true);
    const failure = await connection.set('key', 'value').catch((error: unknown) => error);
    expect(failureOf(failure)).toBe('unknown');
    proxy.goSilent(false);
    await eventually('it works again', async () => (await connection.ping()) === 'PONG');
    await closeRedis(connection);
  });

  it('that is merely idle is kept', async () => {
    const connection = await connected(redis.port);
    let reconnects = 0;
    connection.on('reconnecting', () => (reconnects += 1));
    const id = await connection.client('ID');
    // A read that blocks longer than the pings are apart; the answer to the ping waits behind it.
    await connection.blpop('nothing', 0.15);
    await connection.blpop('nothing', 0.15);
    expect(await connection.client('ID')).toBe(id);
    expect(reconnects).toBe(0);
    await closeRedis(connection);
  });

  it('tells what is known of a command that failed', async () => {
    const connection = await connected(redis.port);
    const failing = async (command: Promise<unknown>) =>
      failureOf(await command.catch((error: unknown) => error));
    await connection.set('text', 'x');
    expect(await failing(connection.incr('text'))).toBe('refused');
    const blocked = failing(connection.blpop('nothing', 0));
    await redis.kill();
    expect(await blocked).toBe('unknown');
    expect(await failing(connection.get('text'))).toBe('not-sent');
    await redis.restart();
    await eventually(
      'it is connected again',
      async () => (await connection.get('text')) === null || undefined,
    );
    await closeRedis(connection);
  });
});
