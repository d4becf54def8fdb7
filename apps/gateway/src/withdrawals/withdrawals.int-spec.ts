import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withdrawal } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { io } from 'socket.io-client';
import { callApi, type ApiRequest } from '../testing/api-caller.js';
import { anOperator, aTrafficOwner } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';
import { answerWithdrawals, BANK_FILE } from '../testing/withdrawal-samples.js';

const REQUEST = { amount: '100.00', payoutAccountId: '7' };
const CARD = { method: 'bank', number: '6222 0000 0000 0007', holderName: '李明', bankName: 'ICBC' };

describe('withdrawals at the edge', () => {
  const owner = aTrafficOwner();
  const operator = anOperator();
  let edge: TestEdge;
  let service: PlainService;
  let ownersToken: string;
  let operatorsToken: string;
  let shownAgain: string;

  beforeAll(async () => {
    edge = await startTestEdge();
    service = answerWithdrawals(new PlainService('withdrawal', edge.redisServer.url));
    await service.start();
    ownersToken = await edge.signIn(owner);
    operatorsToken = await edge.signIn(operator);
    shownAgain = await edge.stepUp(owner);
  });
  afterAll(async () => {
    await service.stop();
    await edge.stop();
  });

  const asOwner = (route: `${string} /${string}`, request: ApiRequest = {}) =>
    callApi(edge.url, route, { token: ownersToken, ...request });
  const asOperator = (route: `${string} /${string}`, request: ApiRequest = {}) =>
    callApi(edge.url, route, { token: operatorsToken, ...request });
  const lastRequest = () => service.received.at(-1)?.request;

  it('are asked for with the password, a key, and nobody else’s name', async () => {
    const key = { 'idempotency-key': 'once' };
    const withoutPassword = await asOwner('POST /v1/withdrawals', { headers: key, body: REQUEST });
    expect(withoutPassword).toMatchObject({ status: 403, body: { code: 'STEP_UP_REQUIRED' } });

    const withoutKey = await asOwner('POST /v1/withdrawals', {
      headers: { 'x-step-up': shownAgain },
      body: REQUEST,
    });
    expect(withoutKey).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'idempotency-key', message: 'is missing' }] },
    });

    const headers = { ...key, 'x-step-up': shownAgain };
    const asAnother = await asOwner('POST /v1/withdrawals', { headers, body: { ...REQUEST, ownerId: '8' } });
    expect(asAnother.status).toBe(400);
    expect(service.received).toEqual([]);

    expect((await asOwner('POST /v1/withdrawals', { headers, body: REQUEST })).status).toBe(201);
    expect(lastRequest()).toEqual({
      ownerId: owner.accountId,
      amount: 100_000_000n,
      payoutAccountId: '7',
      idempotencyKey: 'once',
    });
  });

  it('go to accounts that only the password adds', async () => {
    const refused = await asOwner('POST /v1/payout-accounts', { body: CARD });
    expect(refused).toMatchObject({ status: 403, body: { code: 'STEP_UP_REQUIRED' } });
    const added = await asOwner('POST /v1/payout-accounts', {
      headers: { 'x-step-up': shownAgain },
      body: CARD,
    });
    expect(added).toMatchObject({ status: 201, body: { maskedNumber: '•••• 6789' } });
    expect(JSON.stringify(added.body)).not.toContain('6222');
  });

  it('tell their owner what happened, and not which operator did it or what they wrote to each other', async () => {
    const own = await asOwner('GET /v1/withdrawals/7');
    expect(own.body).toMatchObject({
      events: [
        { kind: 'approved', facts: {} },
        { kind: 'sent', facts: {} },
        { kind: 'paid', facts: { reference: 'B-7' } },
      ],
    });
    expect(JSON.stringify(own.body)).not.toMatch(/note|actorId|ownerId|wechat-main/);
    expect(lastRequest()).toEqual({ withdrawalId: '7', ownerId: owner.accountId });

    const any = await asOperator('GET /v1/admin/withdrawals/7');
    expect(any.body).toMatchObject({
      events: [{ actorId: expect.any(String), facts: { note: 'Called the owner' } }, {}, {}],
    });
    expect(lastRequest()).toEqual({ withdrawalId: '7', ownerId: null });
  });

  it('are decided in the name of whoever is signed in', async () => {
    await asOperator('POST /v1/admin/withdrawals/7/approve', { body: {} });
    expect(lastRequest()).toEqual({ withdrawalId: '7', operatorId: operator.accountId });
    const forged = await asOperator('POST /v1/admin/withdrawals/7/approve', { body: { operatorId: '1' } });
    expect(forged.status).toBe(400);
    const byOwner = await asOwner('POST /v1/admin/withdrawals/7/approve', { body: {} });
    expect(byOwner).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('go to the bank as the very bytes that the service wrote, and into no cache', async () => {
    const url = `${edge.url}/v1/admin/bank-batches/7/file`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${operatorsToken}` } });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(BANK_FILE));
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="payouts-7.csv"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['UTF-8', Buffer.from('withdrawal_id,message\n7,户名不符\n')],
    [
      'GB 18030',
      Buffer.concat([
        Buffer.from('withdrawal_id,message\n7,'),
        Buffer.from('bba7c3fbb2bbb7fb', 'hex'),
        Buffer.from('\n'),
      ]),
    ],
  ])('are read from what the bank writes in %s', async (_, bytes) => {
    const answer = await fetch(`${edge.url}/v1/admin/bank-batches/results`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorsToken}`, 'content-type': 'text/csv' },
      body: new Uint8Array(bytes),
    });
    expect(answer.status).toBe(200);
    expect(lastRequest()).toEqual({
      operatorId: operator.accountId,
      csv: 'withdrawal_id,message\n7,户名不符\n',
    });
  });

  it('refuse an empty file, and take one that is larger than any other body may be', async () => {
    const headers = { 'content-type': 'text/csv' };
    const empty = await asOperator('POST /v1/admin/bank-batches/results', { headers, body: '' });
    expect(empty).toMatchObject({ status: 400, body: { code: 'BANK_RESULTS_INVALID' } });
    const long = `withdrawal_id\n${'7\n'.repeat(200_000)}`;
    const taken = await asOperator('POST /v1/admin/bank-batches/results', { headers, body: long });
    expect(taken).toMatchObject({ status: 200, body: { lines: 200_000 } });
  });

  it('tell the open pages of their owner when they change, and nobody else’s', async () => {
    const open = async (token: string) => {
      const socket = io(edge.url, {
        transports: ['websocket'],
        auth: { token },
        forceNew: true,
        reconnection: false,
      });
      const heard: unknown[] = [];
      socket.onAny((event: string, message: unknown) => heard.push([event, message]));
      await eventually('the page is connected', () => socket.connected);
      return { socket, heard };
    };
    const own = await open(ownersToken);
    const strangers = await open(await edge.signIn(aTrafficOwner()));
    await edge.events.publish(withdrawal.withdrawalChanged, {
      withdrawalId: '7',
      ownerId: owner.accountId,
      state: 'PAID',
    });
    await eventually('the owner’s page hears', () => own.heard.length > 0);
    expect(own.heard).toEqual([['withdrawal.changed', { id: '7', state: 'PAID' }]]);
    expect(strangers.heard).toEqual([]);
    for (const { socket } of [own, strangers]) socket.disconnect();
  });
});
