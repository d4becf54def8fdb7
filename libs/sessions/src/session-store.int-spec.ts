import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { identity } from '#libs/contracts';
import { startTestRedis, type TestRedis } from '#libs/testing';
import { Redis } from 'ioredis';
import { ACCESS_TOKEN } from './access-token.js';
import { SessionStore } from './session-store.js';

const HOUR_MS = 3_600_000;

describe('the live sessions', () => {
  let server: TestRedis;
  let redis: Redis;
  let store: SessionStore;
  let lastId = 100;

  beforeAll(async () => {
    server = await startTestRedis();
    redis = new Redis(server.url);
    store = new SessionStore(redis);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const aPrincipal = (): identity.Principal => ({
    accountId: '7',
    kind: 'merchant',
    sessionId: String(++lastId),
    permissions: ['wallet:read'],
  });
  const inAnHour = () => new Date(Date.now() + HOUR_MS);

  it('are known until they expire', async () => {
    const principal = aPrincipal();

    expect(await store.get(principal.sessionId)).toBeNull();
    expect(await store.put(principal, inAnHour())).toBe(true);
    expect(await store.get(principal.sessionId)).toEqual(principal);
    const ttlMs = await redis.pttl(`clearbid:{session:${principal.sessionId}}`);
    expect(ttlMs).toBeGreaterThan(HOUR_MS - 10_000);
    expect(ttlMs).toBeLessThanOrEqual(HOUR_MS);
  });

  it('that have ended are not brought back by a rebuild that read too early', async () => {
    const principal = aPrincipal();
    await store.put(principal, inAnHour());

    await store.end(principal.sessionId);

    expect(await store.put(principal, inAnHour())).toBe(false);
    expect(await store.get(principal.sessionId)).toBe('ended');
  });

  it('that have ended are remembered as long as an access token could be shown, and no longer', async () => {
    const { sessionId } = aPrincipal();
    await store.end(sessionId);

    const ttlMs = await redis.pttl(`clearbid:{session:${sessionId}}`);
    expect(ttlMs).toBeGreaterThan(ACCESS_TOKEN.lifeMs - 10_000);
    expect(ttlMs).toBeLessThanOrEqual(ACCESS_TOKEN.lifeMs);
  });

  it('end together, and only those named', async () => {
    const [first, second, other] = [aPrincipal(), aPrincipal(), aPrincipal()];
    for (const principal of [first, second, other]) await store.put(principal, inAnHour());

    await store.endMany([first.sessionId, second.sessionId]);

    expect(await store.get(first.sessionId)).toBe('ended');
    expect(await store.get(second.sessionId)).toBe('ended');
    expect(await store.get(other.sessionId)).toEqual(other);
  });

  it.each(['no JSON', '{}', '{"accountId":"7","kind":"king","sessionId":"1","permissions":[]}'])(
    'are asked for anew where Redis holds %s',
    async (garbage) => {
      const { sessionId } = aPrincipal();
      await redis.set(`clearbid:{session:${sessionId}}`, garbage);
      expect(await store.get(sessionId)).toBeNull();
    },
  );
});
