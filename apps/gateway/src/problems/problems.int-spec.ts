import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, wallet } from '#libs/contracts';
import { callApi } from '../testing/api-caller.js';
import { aMerchant } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';
import { problem } from './problem.js';

describe('a refusal', () => {
  let edge: TestEdge;
  let walletService: PlainService;
  let token: string;
  let refuse: () => Promise<never>;

  beforeAll(async () => {
    edge = await startTestEdge({ REQUEST_TIMEOUT_MS: '1000' });
    token = await edge.signIn(aMerchant());
    walletService = new PlainService('wallet', edge.redisServer.url).answer(wallet.getWallet, () => refuse());
    await walletService.start();
  });
  afterAll(async () => {
    await walletService.stop();
    await edge.stop();
  });

  const whenWalletRefuses = (how: () => Promise<never>) => {
    refuse = how;
    return callApi(edge.url, 'GET /v1/wallet', { token });
  };

  it.each([
    ['an address that is not served', 'GET /v1/nothing', 404, 'NOT_FOUND'],
    ['an address outside the API', 'GET /nothing', 404, 'NOT_FOUND'],
    ['a method that an address does not take', 'DELETE /v1/wallet', 405, 'METHOD_NOT_ALLOWED'],
    ['a method that nothing takes', 'PUT /v1/auth/sessions/1', 405, 'METHOD_NOT_ALLOWED'],
    ['an address that is no address', 'GET /v1/recharges/%zz', 400, 'VALIDATION_FAILED'],
    ['an address with a very long id', `GET /v1/recharges/${'1'.repeat(500)}`, 400, 'VALIDATION_FAILED'],
    ['a caller without a token', 'GET /v1/wallet', 401, 'UNAUTHENTICATED'],
  ] as const)('of %s is a problem document', async (_what, route, status, code) => {
    const answer = await callApi(edge.url, route);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problem.parse(answer.body)).toMatchObject({
      type: `urn:clearbid:problem:${code}`,
      status,
      code,
      instance: route.split(' ')[1],
      requestId: answer.headers.get('x-request-id'),
    });
  });

  it('says which methods an address takes', async () => {
    const { headers } = await callApi(edge.url, 'PATCH /v1/recharges');
    expect(headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('asks for a token the way HTTP does', async () => {
    const { headers } = await callApi(edge.url, 'GET /v1/wallet');
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it('keeps a sane request id and replaces any other', async () => {
    const idAfter = async (offered: string) =>
      (await callApi(edge.url, 'GET /v1/nothing', { headers: { 'x-request-id': offered } })).headers.get(
        'x-request-id',
      );

    expect(await idAfter('checkout-2026.11_20')).toBe('checkout-2026.11_20');
    expect(await idAfter('"} forged line {"')).toMatch(/^[\da-f-]{36}$/);
    expect(await idAfter('x'.repeat(65))).toMatch(/^[\da-f-]{36}$/);
  });

  it('tells of a surprise only that there was one', async () => {
    const answer = await whenWalletRefuses(() =>
      Promise.reject(new Error('ER_DUP_ENTRY in `clearbid_wallet`')),
    );

    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/ER_DUP|clearbid_wallet|wallet\.get/);
  });

  let giveUp: () => void;

  it('says that the outcome is unknown when nobody answers in time, and what is safe', async () => {
    const answer = await whenWalletRefuses(
      () => new Promise((_resolve, reject) => (giveUp = () => reject(new Error('too late')))),
    );

    giveUp();
    expect(answer).toMatchObject({
      status: 504,
      body: { code: 'TIMEOUT', detail: expect.stringMatching(/unknown.*Idempotency-Key is safe to repeat/) },
    });
    expect(JSON.stringify(answer.body)).not.toContain('wallet.get-wallet');
  });

  it('carries what a service refuses, in its words', async () => {
    const answer = await whenWalletRefuses(() =>
      Promise.reject(new DomainError('NOT_FOUND', 'Account 7 has no wallet')),
    );
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', detail: 'Account 7 has no wallet' },
    });
  });

  it('says when to come back', async () => {
    const answer = await whenWalletRefuses(() =>
      Promise.reject(new DomainError('UNAVAILABLE', 'maintenance', { retryAfterSeconds: 30 })),
    );
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('30');
  });

  it('refuses what is not HTTP, and lives', async () => {
    const { port } = new URL(edge.url);
    const answered = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });

    expect(answered).toMatch(/^HTTP\/1\.1 400 /);
    expect(await callApi(edge.url, 'GET /health/live')).toMatchObject({ status: 200 });
  });
});
