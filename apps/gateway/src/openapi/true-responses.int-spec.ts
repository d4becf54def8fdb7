import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, identity, payment, wallet } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { callApi, type ApiRequest } from '../testing/api-caller.js';
import { answerOperatorsOfTheLedger, CALLS_OF_BOOKKEEPERS } from '../testing/ledger-samples.js';
import { aMerchant, anOperator, aTrafficOwner, someId } from '../testing/people.js';
import { answerEveryWayToPay, CALLS_OF_MERCHANTS, CALLS_OF_OPERATORS } from '../testing/payment-samples.js';
import { PlainService } from '../testing/plain-service.js';
import { aRecharge } from '../testing/recharge-samples.js';
import {
  anEntry,
  answerRefundOrders,
  answerStatements,
  CALLS_OF_WALLET_OWNERS,
} from '../testing/wallet-samples.js';
import {
  answerEarnings,
  answerWithdrawals,
  CALLS_OF_PAYERS,
  CALLS_OF_TRAFFIC_OWNERS,
} from '../testing/withdrawal-samples.js';
import { ResponseChecker, type OpenApiDocument } from '../testing/response-checker.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

const NOW = new Date('2026-11-20T08:30:00.000Z');
const LATER = new Date('2026-12-20T08:30:00.000Z');
const CREDENTIALS = { email: 'ada@shop.test', password: 'correct horse' };
const RECHARGE = { amount: '50.00', channel: 'alipay', method: 'page' };

function anAccount(id = someId()): identity.Account {
  return {
    id,
    email: CREDENTIALS.email,
    kind: 'merchant',
    displayName: 'Ada',
    createdAt: NOW,
    roles: ['merchant'],
    permissions: aMerchant().permissions,
  };
}

const signedIn = () => ({
  account: anAccount(),
  tokens: {
    accessToken: 'header.claims.signature',
    accessTokenExpiresAt: NOW,
    refreshToken: 'opaque',
    refreshTokenExpiresAt: LATER,
  },
});

/** Services that answer everything once, with every field filled. */
function startServices(url: string): PlainService[] {
  const device = { userAgent: 'Firefox', address: '203.0.113.7' };
  const session = { id: someId(), device, createdAt: NOW, lastUsedAt: NOW, expiresAt: LATER };
  const conflict: payment.Conflict = {
    attemptId: someId(),
    orderId: someId(),
    merchantId: someId(),
    channel: 'alipay',
    channelTradeNo: '2026112022001',
    expectedAmount: 50_000_000n,
    paidAmount: 49_000_000n,
    reason: 'the amount differs',
    refundId: null,
    detectedAt: NOW,
  };
  const paid = aRecharge({
    state: 'CREDITED',
    paidAt: NOW,
    creditedAt: LATER,
    channelTradeNo: '2026112022001',
  });
  return [
    new PlainService('identity', url)
      .answer(identity.register, async ({ email }) => {
        if (email === 'taken@shop.test')
          throw new DomainError('EMAIL_TAKEN', 'taken@shop.test is registered already');
        return signedIn();
      })
      .answer(identity.signIn, async ({ password }) => {
        if (password === 'wrong')
          throw new DomainError('BAD_CREDENTIALS', 'The email or the password is wrong');
        return signedIn();
      })
      .answer(identity.refresh, async () => signedIn())
      .answer(identity.stepUp, async ({ password }) => {
        if (password === 'wrong') throw new DomainError('BAD_CREDENTIALS', 'The password is wrong');
        return { token: 'header.claims.signature', expiresAt: LATER };
      })
      .answer(identity.signOut, async ({ sessionId }) => ({ ended: sessionId === '404' ? 0 : 1 }))
      .answer(identity.listSessions, async () => ({ items: [session] }))
      .answer(identity.getAccount, async ({ accountId }) => anAccount(accountId))
      .answer(identity.getOwner, async ({ accountId: id }) => ({
        id,
        kind: 'merchant' as const,
        displayName: 'Ada',
      }))
      .answer(identity.ping, async () => ({})),
    answerRefundOrders(answerEveryWayToPay(new PlainService('payment', url)))
      .answer(payment.createRecharge, async ({ amount, channel }) => {
        if (amount > 50_000_000_000n)
          throw new DomainError('AMOUNT_OUT_OF_RANGE', 'Recharge ¥50,000.00 at most');
        return aRecharge(channel === 'wechat' ? { state: 'CREATED', payUrl: null } : {});
      })
      .answer(payment.getRecharge, async ({ id }) => {
        if (id === '404') throw new DomainError('RECHARGE_NOT_FOUND', 'There is no recharge 404');
        return paid;
      })
      .answer(payment.listRecharges, async () => ({ items: [aRecharge(), paid], nextCursor: paid.id }))
      .answer(payment.closeRecharge, async ({ id }) => {
        if (id === '409') throw new DomainError('RECHARGE_NOT_CLOSABLE', 'Recharge 409 is paid');
        return aRecharge({ state: 'CLOSED', closedAt: LATER });
      })
      .answer(payment.listConflicts, async () => ({
        items: [conflict, { ...conflict, paidAmount: null }],
        nextCursor: null,
      }))
      .answer(payment.receiveNotify, async ({ channel }) =>
        channel === 'alipay'
          ? { status: 200, contentType: 'text/plain', body: 'success' }
          : { status: 200, contentType: 'application/json', body: '{"code":"SUCCESS"}' },
      )
      .answer(payment.ping, async () => ({})),
    answerEarnings(answerStatements(answerOperatorsOfTheLedger(new PlainService('wallet', url))))
      .answer(wallet.getWallet, async ({ ownerId }) => ({
        ownerId,
        accounts: [
          {
            kind: 'merchant_cash' as const,
            posted: 50_000_001n,
            held: 1n,
            available: 50_000_000n,
            version: 1,
          },
        ],
      }))
      .hear(payment.orderPaid, async () => {
        throw new Error('boom');
      })
      .answer(wallet.listEntries, async () => ({ items: [anEntry()], nextCursor: null }))
      .answer(wallet.ping, async () => ({})),
    answerWithdrawals(new PlainService('withdrawal', url)),
  ];
}

describe('what the OpenAPI document says', () => {
  let edge: TestEdge;
  let services: PlainService[];
  let checker: ResponseChecker;
  let merchant: string;
  let operator: string;
  let owner: string;
  let shownAgain: string;

  beforeAll(async () => {
    edge = await startTestEdge();
    services = startServices(edge.redisServer.url);
    await Promise.all(services.map((service) => service.start()));
    checker = new ResponseChecker((await callApi(edge.url, 'GET /openapi.json')).body as OpenApiDocument);
    merchant = await edge.signIn(aMerchant());
    operator = await edge.signIn(anOperator());
    const trafficOwner = aTrafficOwner();
    owner = await edge.signIn(trafficOwner);
    shownAgain = await edge.stepUp(trafficOwner);
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await edge.stop();
  });

  async function faults(route: `${string} /${string}`, request: ApiRequest = {}): Promise<string[]> {
    const [method = '', path = ''] = route.split(' ');
    return checker.check(method, path, await callApi(edge.url, route, request));
  }

  it('is true of every success', async () => {
    const as = (token: string): ApiRequest => ({ token });
    const found = [
      await faults('POST /v1/auth/register', { body: { ...CREDENTIALS, kind: 'merchant' } }),
      await faults('POST /v1/auth/login', { body: CREDENTIALS }),
      await faults('POST /v1/auth/refresh', { body: { refreshToken: 'opaque' } }),
      await faults('POST /v1/auth/step-up', { token: merchant, body: { password: CREDENTIALS.password } }),
      await faults('POST /v1/auth/logout', as(merchant)),
      await faults('POST /v1/auth/logout-everywhere', as(merchant)),
      await faults('GET /v1/auth/sessions', as(merchant)),
      await faults(`DELETE /v1/auth/sessions/${someId()}`, as(merchant)),
      await faults('GET /v1/me', as(merchant)),
      await faults('GET /v1/wallet', as(merchant)),
      await faults('GET /v1/wallet/entries?afterSeq=0', as(merchant)),
      await faults('POST /v1/recharges', { token: merchant, body: RECHARGE }),
      await faults('POST /v1/recharges', {
        token: merchant,
        body: { ...RECHARGE, channel: 'wechat', method: 'native' },
      }),
      await faults('GET /v1/recharges?state=PAYING', as(merchant)),
      await faults(`GET /v1/recharges/${someId()}`, as(merchant)),
      await faults(`POST /v1/recharges/${someId()}/close`, as(merchant)),
      await faults('POST /v1/notify/alipay', {
        body: 'a=b',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
      await faults('POST /v1/notify/wechat', {
        body: '{}',
        headers: { 'content-type': 'application/json' },
      }),
      await faults('GET /v1/admin/payment-conflicts', as(operator)),
      await faults('GET /health/live'),
      await faults('GET /health/ready'),
      await faults('GET /metrics'),
    ];
    for (const [route] of CALLS_OF_WALLET_OWNERS) found.push(await faults(route, as(merchant)));
    found.push(await faults('GET /v1/admin/ledger/transfers/6', as(operator)));
    for (const [route, body] of CALLS_OF_MERCHANTS)
      found.push(await faults(route, { token: merchant, body }));
    found.push(
      await faults('POST /v1/admin/ledger/adjustments', {
        token: operator,
        headers: { 'idempotency-key': 'once' },
        body: {
          purpose: 'bonus',
          account: 'merchant_bonus',
          ownerId: '7',
          amount: '30.00',
          reason: 'for the autumn',
        },
      }),
    );
    for (const [route, body] of [...CALLS_OF_OPERATORS, ...CALLS_OF_BOOKKEEPERS])
      found.push(await faults(route, { token: operator, body }));
    for (const [route, request] of CALLS_OF_PAYERS)
      found.push(await faults(route, { token: operator, ...request }));
    for (const [route, { headers, body } = {}] of CALLS_OF_TRAFFIC_OWNERS)
      found.push(
        await faults(route, { token: owner, headers: { ...headers, 'x-step-up': shownAgain }, body }),
      );
    expect(found.flat()).toEqual([]);
  });

  it('is true of dead letters, read and replayed', async () => {
    await edge.events.publish(payment.orderPaid, {
      orderId: someId(),
      attemptId: someId(),
      merchantId: someId(),
      amount: 50_000_000n,
      fee: 300_000n,
      bonus: 0n,
      channel: 'alipay',
      channelTradeNo: '2026112022001',
      paidAt: NOW,
    });
    const list = await eventually('the wallet has given the event up', async () => {
      const answer = await callApi(edge.url, 'GET /v1/admin/dead-letters?service=wallet', {
        token: operator,
      });
      return (answer.body as { items: unknown[] }).items.length > 0 ? answer : null;
    });
    expect(checker.check('GET', '/v1/admin/dead-letters', list)).toEqual([]);
    const [letter] = (list.body as { items: { id: string }[] }).items;
    expect(letter).toMatchObject({
      service: 'wallet',
      event: 'order.paid',
      reason: expect.stringContaining('boom'),
    });

    const replay = `POST /v1/admin/dead-letters/wallet/${letter?.id}/replay` as const;
    expect(await faults(replay, { token: operator })).toEqual([]);
    expect(await faults(replay, { token: operator })).toEqual([]);
    expect(checker.unseen((status) => status < 300)).toEqual([]);
  });

  it('is true of refusals', async () => {
    const found = [
      await faults('POST /v1/auth/register', { body: { ...CREDENTIALS, kind: 'operator' } }),
      await faults('POST /v1/auth/register', {
        body: { ...CREDENTIALS, email: 'taken@shop.test', kind: 'merchant' },
      }),
      await faults('POST /v1/auth/login', { body: { ...CREDENTIALS, password: 'wrong' } }),
      await faults('POST /v1/auth/login', { body: 'a=b', headers: { 'content-type': 'text/plain' } }),
      await faults('POST /v1/auth/step-up', { token: merchant, body: { password: 'wrong' } }),
      await faults('DELETE /v1/auth/sessions/404', { token: merchant }),
      await faults('GET /v1/wallet'),
      await faults('GET /v1/wallet', { token: operator }),
      await faults('GET /v1/wallet/entries?limit=0', { token: merchant }),
      await faults('POST /v1/recharges', { token: merchant, body: { ...RECHARGE, amount: '1e3' } }),
      await faults('POST /v1/recharges', { token: merchant, body: { ...RECHARGE, amount: '60000.00' } }),
      await faults('POST /v1/recharges', { token: merchant, body: 'x'.repeat(70_000) }),
      await faults('GET /v1/recharges/404', { token: merchant }),
      await faults('POST /v1/recharges/409/close', { token: merchant }),
      await faults('GET /v1/admin/payment-conflicts', { token: merchant }),
      await faults('POST /v1/withdrawals', { token: owner, body: { amount: '1.00', payoutAccountId: '7' } }),
      await faults('GET /v1/withdrawals/404', { token: owner }),
      await faults('POST /v1/withdrawals/409/cancel', { token: owner }),
      await faults('GET /v1/admin/withdrawals', { token: owner }),
    ];
    expect(found.flat()).toEqual([]);
    const shown = checker.unseen(() => true).filter((answer) => answer.startsWith('POST /v1/recharges 4'));
    expect(shown).toEqual([
      'POST /v1/recharges 401',
      'POST /v1/recharges 403',
      'POST /v1/recharges 409',
      'POST /v1/recharges 415',
      'POST /v1/recharges 429',
    ]);
  });
});
