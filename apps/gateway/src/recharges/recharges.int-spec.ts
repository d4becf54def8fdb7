import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, payment } from '#libs/contracts';
import { callApi, type ApiRequest } from '../testing/api-caller.js';
import { aMerchant, someId } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { aRecharge } from '../testing/recharge-samples.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

const FIFTY_YUAN = { amount: '50.00', channel: 'alipay', method: 'page' };

describe('recharges over HTTP', () => {
  const merchant = aMerchant();
  const theirs = aRecharge({ merchantId: merchant.accountId });
  let edge: TestEdge;
  let paymentService: PlainService;
  let token: string;

  beforeAll(async () => {
    edge = await startTestEdge();
    token = await edge.signIn(merchant);
    paymentService = new PlainService('payment', edge.redisServer.url)
      .answer(payment.createRecharge, async (request) => {
        if (request.amount > 50_000_000_000n) {
          const errors = [{ field: 'amount', message: 'must be at most 50000.00' }];
          throw new DomainError('AMOUNT_OUT_OF_RANGE', 'Recharge ¥50,000.00 at most', { errors });
        }
        return aRecharge({ ...request, merchantId: request.merchantId });
      })
      .answer(payment.getRecharge, async ({ id, merchantId }) => {
        if (id === theirs.id && merchantId === theirs.merchantId) return theirs;
        throw new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${id} of this merchant`);
      })
      .answer(payment.closeRecharge, async ({ id }) => aRecharge({ id, state: 'CLOSED' }))
      .answer(payment.listRecharges, async () => ({ items: [theirs], nextCursor: theirs.id }));
    await paymentService.start();
  });
  afterEach(() => {
    paymentService.received.length = 0;
  });
  afterAll(async () => {
    await paymentService.stop();
    await edge.stop();
  });

  const create = (body: unknown, more: ApiRequest = {}) =>
    callApi(edge.url, 'POST /v1/recharges', { token, body, ...more });

  it('hands a good one to payment, for the merchant who asks, and tells what came of it', async () => {
    const answer = await create(FIFTY_YUAN, {
      headers: { 'idempotency-key': 'order-7', 'x-request-id': 'from-shop-7' },
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^\d{19}$/),
      state: 'PAYING',
      amount: '50.00',
      refundedAmount: '0.00',
      refundingAmount: '0.00',
      jsapiParameters: null,
      paidLate: false,
      inConflict: false,
      offer: null,
      channel: 'alipay',
      method: 'page',
      outTradeNo: expect.stringMatching(/^\d{19}$/),
      channelTradeNo: null,
      payUrl: 'http://localhost:3100/cashier?order=1',
      codeUrl: null,
      createdAt: '2026-11-20T08:30:00.000Z',
      expiresAt: '2026-11-20T08:45:00.000Z',
      paidAt: null,
      creditedAt: null,
      closedAt: null,
    });
    expect(paymentService.received).toEqual([
      {
        pattern: 'payment.create-recharge',
        request: {
          merchantId: merchant.accountId,
          amount: 50_000_000n,
          channel: 'alipay',
          method: 'page',
          idempotencyKey: 'order-7',
          payerAddress: '127.0.0.1',
        },
        context: expect.objectContaining({ requestId: 'from-shop-7', principal: merchant }),
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an amount of zero', { ...FIFTY_YUAN, amount: '0.00' }, 'amount'],
    ['a negative amount', { ...FIFTY_YUAN, amount: '-50.00' }, 'amount'],
    ['an amount with three decimals', { ...FIFTY_YUAN, amount: '50.001' }, 'amount'],
    ['an amount over the limit', { ...FIFTY_YUAN, amount: '50000.01' }, 'amount'],
    ['an amount beyond any ledger', { ...FIFTY_YUAN, amount: '99999999999999999999' }, 'amount'],
    ['an amount with an exponent', { ...FIFTY_YUAN, amount: '1e3' }, 'amount'],
    ['an amount with a blank', { ...FIFTY_YUAN, amount: ' 50.00' }, 'amount'],
    ['an amount as a number', { ...FIFTY_YUAN, amount: 50 }, 'amount'],
    ['no amount', { channel: 'alipay', method: 'page' }, 'amount'],
    ['an unknown channel', { ...FIFTY_YUAN, channel: 'paypal' }, 'channel'],
    ['an unknown method', { ...FIFTY_YUAN, method: 'fax' }, 'method'],
    ['a field that we do not know', { ...FIFTY_YUAN, merchantId: someId() }, 'merchantId'],
  ])('refuses %s, names the field, and nothing is stored', async (_what, body, field) => {
    const answer = await create(body);

    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      status: 400,
      code: expect.stringMatching(/^(VALIDATION_FAILED|AMOUNT_OUT_OF_RANGE)$/),
      instance: '/v1/recharges',
      errors: [{ field, message: expect.any(String) }],
    });
    // Only how much is too much is payment's own knowledge; everything else never leaves the gateway.
    expect(paymentService.received).toHaveLength(field === 'amount' && body.amount === '50000.01' ? 1 : 0);
  });

  it('names every field at fault at once, wherever it stands', async () => {
    const answer = await create(
      { amount: '1e3', method: 'fax', tip: '1.00' },
      { headers: { 'idempotency-key': 'a key with blanks' } },
    );

    expect(answer.body).toMatchObject({
      errors: expect.arrayContaining([
        { field: 'idempotency-key', message: 'must be 1 to 80 visible ASCII characters' },
        { field: 'amount', message: expect.stringContaining('plain decimal yuan') },
        { field: 'channel', message: 'is missing' },
        { field: 'method', message: 'must be one of page, wap, qr, native, h5, jsapi' },
        { field: 'tip', message: 'is not a field of this request' },
      ]),
    });
    expect(paymentService.received).toEqual([]);
  });

  it.each([
    ['a body too large', { ...FIFTY_YUAN, method: 'x'.repeat(70_000) }, {}, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'the wrong content type',
      'amount=50.00',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no content type', 'amount=50.00', { 'content-type': '' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body that is no JSON', '{"amount": "50.00"', {}, 400, 'VALIDATION_FAILED'],
    ['a body that is no object', '["50.00"]', {}, 400, 'VALIDATION_FAILED'],
    ['an empty body', '', { 'content-type': 'application/json' }, 400, 'VALIDATION_FAILED'],
  ])('refuses %s, and nothing is stored', async (_what, body, headers, status, code) => {
    const answer = await create(body, { headers });

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status, code, requestId: answer.headers.get('x-request-id') });
    expect(paymentService.received).toEqual([]);
  });

  it("does not tell someone else's recharge from one that never was", async () => {
    const stranger = await edge.signIn(aMerchant());
    const someoneElses = await callApi(edge.url, `GET /v1/recharges/${theirs.id}`, { token: stranger });
    const neverWas = await callApi(edge.url, `GET /v1/recharges/${someId()}`, { token });

    expect(someoneElses).toMatchObject({ status: 404, body: { code: 'RECHARGE_NOT_FOUND' } });
    expect(neverWas).toMatchObject({ status: 404, body: { code: 'RECHARGE_NOT_FOUND' } });
    expect(await callApi(edge.url, `GET /v1/recharges/${theirs.id}`, { token })).toMatchObject({
      status: 200,
    });
  });

  it.each(['0', '-1', 'abc', '1.5', '12345678901234567890', '1%20OR%201=1', '%27'])(
    'refuses the malformed id %s',
    async (id) => {
      const answer = await callApi(edge.url, `GET /v1/recharges/${id}`, { token });

      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
      expect(paymentService.received).toEqual([]);
    },
  );

  it('closes with an empty body, whether or not the client says that it is JSON', async () => {
    const plain = await callApi(edge.url, `POST /v1/recharges/${theirs.id}/close`, { token });
    const json = await callApi(edge.url, `POST /v1/recharges/${theirs.id}/close`, {
      token,
      headers: { 'content-type': 'application/json' },
    });

    expect([plain.status, json.status]).toEqual([200, 200]);
    expect(plain.body).toMatchObject({ id: theirs.id, state: 'CLOSED' });
  });

  it('lists by state, channel and time, a page at a time', async () => {
    const query = 'state=PAYING&channel=alipay&createdFrom=2026-11-01T00:00:00Z&limit=5&cursor=17';
    const answer = await callApi(edge.url, `GET /v1/recharges?${query}`, { token });

    expect(answer.body).toMatchObject({ items: [{ id: theirs.id }], nextCursor: theirs.id });
    expect(paymentService.received[0]?.request).toEqual({
      merchantId: merchant.accountId,
      state: 'PAYING',
      channel: 'alipay',
      createdFrom: new Date('2026-11-01T00:00:00Z'),
      cursor: '17',
      limit: 5,
    });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['state=LOST', 'state'],
    ['state=PAID&state=CLOSED', 'state'],
    ['createdFrom=yesterday', 'createdFrom'],
    ['cursor=-1', 'cursor'],
    ['merchantId=1', 'merchantId'],
  ])('refuses to list by %s', async (query, field) => {
    const answer = await callApi(edge.url, `GET /v1/recharges?${query}`, { token });

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(paymentService.received).toEqual([]);
  });
});
