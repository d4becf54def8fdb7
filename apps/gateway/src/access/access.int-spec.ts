import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, identity, wallet } from '#libs/contracts';
import { ACCESS_TOKEN } from '#libs/sessions';
import { eventually } from '#libs/testing';
import { SignJWT } from 'jose';
import { callApi } from '../testing/api-caller.js';
import { aMerchant, someId } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

describe('who may come in', () => {
  const live = new Map<string, identity.Principal>();
  let edge: TestEdge;
  let identityService: PlainService;
  let walletService: PlainService;

  beforeAll(async () => {
    edge = await startTestEdge({ RATE_LIMIT_PER_ACCOUNT: '20' });
    identityService = new PlainService('identity', edge.redisServer.url).answer(
      identity.resolveSession,
      async ({ sessionId }) => {
        const principal = live.get(sessionId);
        if (principal === undefined)
          throw new DomainError('SESSION_ENDED', 'That session has ended: sign in again');
        // As identity does: what MySQL knows to be alive is known to Redis again.
        await edge.sessions.put(principal, new Date(Date.now() + 60_000));
        return principal;
      },
    );
    walletService = new PlainService('wallet', edge.redisServer.url).answer(
      wallet.getWallet,
      async ({ ownerId }) => ({ ownerId, accounts: [] }),
    );
    await Promise.all([identityService.start(), walletService.start()]);
  });
  afterEach(() => {
    identityService.received.length = 0;
    walletService.received.length = 0;
  });
  afterAll(async () => {
    await Promise.all([identityService.stop(), walletService.stop()]);
    await edge.stop();
  });

  const getWallet = (token: string) => callApi(edge.url, 'GET /v1/wallet', { token });

  it('is the holder of a live session, who is the caller in every message', async () => {
    const merchant = aMerchant();

    expect(await getWallet(await edge.signIn(merchant))).toMatchObject({
      status: 200,
      body: { currency: 'CNY', accounts: [{ kind: 'merchant_cash', balance: '0.00' }] },
    });
    expect(walletService.received).toMatchObject([
      { request: { ownerId: merchant.accountId }, context: { principal: merchant } },
    ]);
  });

  it('is nobody with a token that we did not make', async () => {
    const merchant = aMerchant();
    await edge.signIn(merchant);
    const claims = { sub: merchant.accountId, sid: merchant.sessionId };
    const forger = generateKeyPairSync('ed25519').privateKey;
    const unsigned = (header: object) =>
      [header, { ...claims, iss: 'clearbid', aud: 'clearbid', iat: 1, exp: 9_999_999_999 }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const forgeries = {
      'signed by another key': await new SignJWT({
        ...claims,
        iss: ACCESS_TOKEN.issuer,
        aud: ACCESS_TOKEN.audience,
      })
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(forger),
      'not signed at all': `${unsigned({ alg: 'none' })}.`,
      'signed with the public key as a secret': `${unsigned({ alg: 'HS256' })}.c2VjcmV0`,
      'for another audience': await edge.token({ ...claims, aud: 'elsewhere' }),
      'by another issuer': await edge.token({ ...claims, iss: 'elsewhere' }),
      'without a session': await edge.token({ sub: merchant.accountId, sid: 'none' }),
      'no token': 'password',
    };

    const answers = await Promise.all(
      Object.entries(forgeries).map(async ([what, token]) => [what, (await getWallet(token)).body]),
    );

    expect(answers).toEqual(
      Object.keys(forgeries).map((what) => [what, expect.objectContaining({ code: 'UNAUTHENTICATED' })]),
    );
    expect(walletService.received).toEqual([]);
  });

  it('is nobody with a token that has expired, also when it was good a moment ago', async () => {
    const merchant = aMerchant();
    await edge.signIn(merchant);
    const token = await edge.token({ sub: merchant.accountId, sid: merchant.sessionId }, 2_000);

    expect((await getWallet(token)).status).toBe(200);
    const refused = await eventually('the token expires', async () => {
      const answer = await getWallet(token);
      return answer.status === 401 ? answer : null;
    });
    expect(refused.body).toMatchObject({
      code: 'UNAUTHENTICATED',
      detail: expect.stringContaining('has expired'),
    });
  });

  it('is nobody once the session has ended, at once', async () => {
    const merchant = aMerchant();
    const token = await edge.signIn(merchant);
    expect((await getWallet(token)).status).toBe(200);

    await edge.sessions.end(merchant.sessionId);

    expect(await getWallet(token)).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
  });

  it('is nobody with a token for one account and a session of another', async () => {
    const merchant = aMerchant();
    await edge.signIn(merchant);
    const token = await edge.token({ sub: someId(), sid: merchant.sessionId });

    expect(await getWallet(token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('survives that Redis is emptied: identity is asked once, however many wait', async () => {
    const merchant = aMerchant();
    const token = await edge.signIn(merchant);
    live.set(merchant.sessionId, merchant);
    expect((await getWallet(token)).status).toBe(200);

    await edge.redis.del(`clearbid:{session:${merchant.sessionId}}`);
    const answers = await Promise.all(Array.from({ length: 10 }, () => getWallet(token)));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(identityService.received).toHaveLength(1);
  });

  it('ends cleanly when Redis is emptied and the session is over', async () => {
    const merchant = aMerchant();
    const token = await edge.token({ sub: merchant.accountId, sid: merchant.sessionId });

    expect(await getWallet(token)).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
  });

  it('is asked to wait when an account asks too often, and let in again after', async () => {
    const token = await edge.signIn(aMerchant());
    const answers = await Promise.all(Array.from({ length: 30 }, () => getWallet(token)));

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ body: { code: 'RATE_LIMITED' } });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect((await getWallet(await edge.signIn(aMerchant()))).status).toBe(200);
    await eventually('the window is over', async () => (await getWallet(token)).status === 200);
  });

  it('stays shut while Redis is away, and opens when it is back', async () => {
    const merchant = aMerchant();
    const token = await edge.signIn(merchant);
    live.set(merchant.sessionId, merchant);

    await edge.redisServer.kill();
    const refused = await eventually('Redis is missed', async () => {
      const answer = await getWallet(token);
      return answer.status === 503 ? answer : null;
    });
    expect(refused.body).toMatchObject({ code: 'UNAVAILABLE' });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(refused.body)).not.toContain('127.0.0.1');

    await edge.redisServer.restart();
    // Redis came back empty: the session is rebuilt from what identity knows.
    await eventually('the merchant is in again', async () => (await getWallet(token)).status === 200);
  });
});

const ascending = (left: number, right: number) => left - right;

describe('how often one address may ask', () => {
  let edge: TestEdge;
  beforeAll(async () => {
    edge = await startTestEdge({ RATE_LIMIT_AUTH: '3', RATE_LIMIT_NOTIFY: '50', TRUST_PROXY: '1' });
  });
  afterAll(() => edge.stop());

  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('is little where passwords are guessed, counted by address, and not for the channels', async () => {
    // Refused for its body and not for its number, which needs no service behind.
    const guess = (address: string) =>
      callApi(edge.url, 'POST /v1/auth/login', { body: {}, headers: from(address) });

    const first = await Promise.all([1, 2, 3, 4, 5].map(() => guess('203.0.113.7')));
    expect(first.map(({ status }) => status).sort(ascending)).toEqual([400, 400, 400, 429, 429]);
    expect((await guess('203.0.113.8')).status).toBe(400);
    expect((await callApi(edge.url, 'GET /health/live', { headers: from('203.0.113.7') })).status).toBe(200);
  });

  it('can not be dodged by making up a way through more proxies than there are', async () => {
    const guess = (madeUp: string) =>
      callApi(edge.url, 'POST /v1/auth/login', { body: {}, headers: from(`${madeUp}, 203.0.113.9`) });

    const answers = await Promise.all(
      ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'].map(guess),
    );
    expect(answers.map(({ status }) => status).sort(ascending)).toEqual([400, 400, 400, 429]);
  });
});
