import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Account,
  type ApiClient,
  type ApiRefusal,
  eventually,
  type RechargeView,
  startTestStack,
  type TestStack,
} from '#libs/testing';
import { Books } from './support/books.js';
import { OpenApiCheck } from './support/openapi-check.js';
import { OpenPage } from './support/open-page.js';

jest.setTimeout(60_000);

const EXPIRY_SECONDS = 20;

describe('A recharge, from the order to the credit', () => {
  let stack: TestStack;
  let books: Books;
  let openapi: OpenApiCheck;
  let api: ApiClient;
  /** Made first and left alone, so that they expire while the other stories go on. */
  let forgotten: {
    merchant: Account;
    opened: RechargeView;
    neverOpened: RechargeView;
    neverScanned: RechargeView;
  };

  beforeAll(async () => {
    stack = await startTestStack({
      env: (name) => ({
        LOG_LEVEL: 'debug',
        ...(name.startsWith('payment')
          ? { RECHARGE_EXPIRY_SECONDS: String(EXPIRY_SECONDS), LAST_LOOK_SECONDS: '4' }
          : {}),
      }),
    });
    books = await Books.open(stack.urls.mysql);
    openapi = await OpenApiCheck.of(stack.urls.gateway);
    api = stack.api({ onAnswer: openapi.check });
    const merchant = await api.registerMerchant();
    forgotten = {
      merchant,
      opened: await merchant.recharge({ amount: '1.00' }),
      neverOpened: await merchant.recharge({ amount: '2.00' }),
      neverScanned: await merchant.recharge({ amount: '3.00', method: 'qr' }),
    };
    await stack.sandboxClient.open(payUrlOf(forgotten.opened));
  }, 120_000);

  afterAll(async () => {
    await books?.close();
    await stack?.stop();
  });

  describe('paid', () => {
    it.each(['page', 'wap'])(
      'by %s: the buyer follows the URL, pays, and the merchant has the money',
      async (method) => {
        const merchant = await api.registerMerchant();

        const recharge = await merchant.recharge({ amount: '50.00', method });

        expect(recharge).toMatchObject({
          state: 'PAYING',
          amount: '50.00',
          refundedAmount: '0.00',
          method,
          codeUrl: null,
        });
        await stack.sandboxClient.open(payUrlOf(recharge));
        await stack.sandboxClient.pay(recharge);
        const credited = await merchant.until(recharge.id, 'CREDITED');
        const { tradeNo } = await stack.sandboxClient.trade(recharge.outTradeNo);
        expect(credited).toMatchObject({
          id: recharge.id,
          amount: '50.00',
          payUrl: null,
          closedAt: null,
          channelTradeNo: tradeNo,
        });
        expect(Date.parse(credited.creditedAt ?? '')).toBeGreaterThanOrEqual(
          Date.parse(credited.paidAt ?? ''),
        );
        expect(await merchant.wallet()).toEqual({
          currency: 'CNY',
          accounts: [
            { kind: 'merchant_cash', balance: '50.00', held: '0.00', available: '50.00', lastSeq: 1 },
          ],
        });
      },
    );

    it('by QR code: the code is scanned, and the merchant has the money', async () => {
      const merchant = await api.registerMerchant();

      const recharge = await merchant.recharge({ amount: '0.01', method: 'qr' });

      expect(recharge).toMatchObject({ state: 'PAYING', payUrl: null });
      expect(recharge.codeUrl).toMatch(/^http/);
      await stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('0.01');
    });

    it('three times: the statement tells each with the balance after it, newest first, page by page', async () => {
      const merchant = await api.registerMerchant();
      const ids: string[] = [];
      for (const amount of ['10.00', '0.05', '49999.99']) {
        const { id } = await creditedRecharge(merchant, amount);
        ids.push(id);
      }

      const { items, nextCursor } = await merchant.entries();

      expect(nextCursor).toBeNull();
      expect(
        items.map(({ seq, amount, balanceAfter, reference }) => ({ seq, amount, balanceAfter, reference })),
      ).toEqual([
        { seq: 3, amount: '49999.99', balanceAfter: '50010.04', reference: ids[2] },
        { seq: 2, amount: '0.05', balanceAfter: '10.05', reference: ids[1] },
        { seq: 1, amount: '10.00', balanceAfter: '10.00', reference: ids[0] },
      ]);
      const first = await merchant.entries({ limit: '2' });
      const second = await merchant.entries({ limit: '2', cursor: first.nextCursor ?? '' });
      expect([...first.items, ...second.items]).toEqual(items);
      expect(second.nextCursor).toBeNull();
      expect((await merchant.entries({ afterSeq: '2' })).items).toEqual(items.slice(0, 1));
    });
  });

  describe('seen by an open page', () => {
    it('is told on every replica of the gateway, whichever of them hears of it first', async () => {
      const merchant = await api.registerMerchant();
      const pages = await Promise.all(stack.urls.gateways.map((url) => OpenPage.at(url, merchant.token)));
      const stranger = await OpenPage.at(stack.urls.gateway, (await api.registerMerchant()).token);

      const recharge = await creditedRecharge(merchant, '12.34');

      for (const page of pages) {
        await page.untilToldOf('the credit', ({ walletChanges }) => walletChanges.length > 0);
        await page.untilToldOf('the end of the recharge', ({ rechargeChanges }) =>
          rechargeChanges.some(({ id, state }) => id === recharge.id && state === 'CREDITED'),
        );
        expect(page.walletChanges[0]).toMatchObject({
          accounts: [{ kind: 'merchant_cash', balance: '12.34', lastSeq: 1 }],
          entries: [{ seq: 1, amount: '12.34', balanceAfter: '12.34', reference: recharge.id }],
        });
        expect(page.rechargeChanges.map(({ id }) => id)).toEqual(page.rechargeChanges.map(() => recharge.id));
        page.close();
      }
      expect(stranger.walletChanges).toEqual([]);
      expect(stranger.rechargeChanges).toEqual([]);
      stranger.close();
    });

    it('that was away meanwhile gets what it missed, once, when it is back', async () => {
      const merchant = await api.registerMerchant();
      const page = await OpenPage.at(stack.urls.gateway, merchant.token);
      await creditedRecharge(merchant, '1.00');
      await page.untilToldOf('the first credit', ({ walletChanges }) => walletChanges.length > 0);
      const lastSeq = page.walletChanges[0]?.accounts[0]?.lastSeq;
      page.close();
      const second = await creditedRecharge(merchant, '2.00');
      const third = await creditedRecharge(merchant, '3.00');

      const back = await OpenPage.at(stack.urls.gateways[1] ?? '', merchant.token);
      const missed = await back.resume({ afterSeq: lastSeq });

      expect(missed.complete).toBe(true);
      expect(missed.entries.map(({ seq, reference }) => ({ seq, reference }))).toEqual([
        { seq: 2, reference: second.id },
        { seq: 3, reference: third.id },
      ]);
      expect(missed.wallet.accounts).toMatchObject([{ balance: '6.00', lastSeq: 3 }]);
      expect(await back.resume({ afterSeq: 3 })).toMatchObject({ entries: [], complete: true });
      expect(await back.resume({ afterSeq: 'three' })).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ field: 'afterSeq' }],
      });
      back.close();
    });

    it('needs a session: a page without a token, or with garbage, is turned away', async () => {
      await expect(OpenPage.at(stack.urls.gateway, undefined)).rejects.toThrow('UNAUTHENTICATED');
      await expect(OpenPage.at(stack.urls.gateway, 'garbage')).rejects.toThrow('UNAUTHENTICATED');
    });
  });

  describe('submitted twice', () => {
    it('with the same Idempotency-Key is the same order, also when it is asked for twenty times at once', async () => {
      const merchant = await api.registerMerchant();
      const idempotencyKey = randomBytes(10).toString('hex');
      const before = await books.rowCounts();

      const answers = await Promise.all(
        Array.from({ length: 20 }, () => merchant.recharge({ amount: '7.00', idempotencyKey })),
      );
      const later = await merchant.recharge({ amount: '7.00', idempotencyKey });

      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      expect(later.id).toBe(answers[0]?.id);
      expect((await merchant.recharges()).items).toHaveLength(1);
      expect(sumOf(await books.rowCounts(), /payment\.orders_/)).toBe(sumOf(before, /payment\.orders_/) + 1);
    });

    it('with the same key for a QR code, twenty times at once: one order, and everybody has its code', async () => {
      const merchant = await api.registerMerchant();
      const order = { amount: '7.00', method: 'qr', idempotencyKey: randomBytes(10).toString('hex') };

      const answers = await Promise.all(Array.from({ length: 20 }, () => merchant.recharge(order)));

      expect(new Set(answers.map(({ id, codeUrl }) => `${id} ${codeUrl}`)).size).toBe(1);
      expect(answers[0]?.codeUrl).toMatch(/^http/);
      expect((await merchant.recharges()).items).toHaveLength(1);
    });

    it('with the same key and another body is refused, and the first order stays as it is', async () => {
      const merchant = await api.registerMerchant();
      const idempotencyKey = randomBytes(10).toString('hex');
      const first = await merchant.recharge({ amount: '7.00', idempotencyKey });

      for (const other of [{ amount: '7.01' }, { amount: '7.00', method: 'wap' }]) {
        await expect(merchant.recharge({ ...other, idempotencyKey })).rejects.toMatchObject({
          status: 409,
          code: 'IDEMPOTENCY_KEY_REUSED',
        });
      }

      expect((await merchant.recharges()).items).toEqual([first]);
    });

    it('the same key of two merchants makes two orders', async () => {
      const [one, other] = [await api.registerMerchant(), await api.registerMerchant()];

      const orders = [
        await one.recharge({ idempotencyKey: 'mine' }),
        await other.recharge({ idempotencyKey: 'mine' }),
      ];

      expect(orders[0]?.id).not.toBe(orders[1]?.id);
    });

    it('without a key is refused for a few seconds, also on the other replica', async () => {
      const merchant = await api.registerMerchant();
      const order = { amount: '8.00', idempotencyKey: null };
      const first = await merchant.at(0).recharge(order);

      for (const replica of [0, 1, 0, 1]) {
        await expect(merchant.at(replica).recharge(order)).rejects.toMatchObject({
          status: 409,
          code: 'DUPLICATE_SUBMIT',
        });
      }

      const other = await merchant.recharge({ amount: '8.01', idempotencyKey: null });
      expect((await merchant.recharges()).items.map(({ id }) => id)).toEqual([other.id, first.id]);
    });

    it('without a key, ten at once over both replicas: one order', async () => {
      const merchant = await api.registerMerchant();

      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => merchant.recharge({ amount: '8.00', idempotencyKey: null })),
      );

      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as ApiRefusal).code] : [],
      );
      expect(new Set(codes)).toEqual(new Set(['DUPLICATE_SUBMIT']));
      expect((await merchant.recharges()).items).toHaveLength(1);
    });
  });

  describe('in the list', () => {
    it('page by page: no order twice, none missing, though new ones come in meanwhile', async () => {
      const merchant = await api.registerMerchant();
      const made: string[] = [];
      for (let index = 1; index <= 8; index += 1)
        made.unshift((await merchant.recharge({ amount: `${index}.00` })).id);

      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Account['recharges']>> = await merchant.recharges({
          limit: '3',
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        await merchant.recharge({ amount: '99.00' });
      } while (cursor !== null);

      expect(seen).toEqual(made);
    });

    it('by state, channel and time', async () => {
      const merchant = await api.registerMerchant();
      const paid = await creditedRecharge(merchant, '1.00');
      const open = await merchant.recharge({ amount: '2.00' });
      const closed = await merchant.recharge({ amount: '3.00' });
      await stack.sandboxClient.open(payUrlOf(closed));
      await merchant.close(closed.id);
      const idsOf = async (query: Record<string, string>) =>
        (await merchant.recharges(query)).items.map(({ id }) => id);

      expect(await idsOf({ state: 'CREDITED' })).toEqual([paid.id]);
      expect(await idsOf({ state: 'PAYING' })).toEqual([open.id]);
      expect(await idsOf({ state: 'CLOSED' })).toEqual([closed.id]);
      expect(await idsOf({ state: 'PAID' })).toEqual([]);
      expect(await idsOf({ channel: 'alipay' })).toEqual([closed.id, open.id, paid.id]);
      expect(await idsOf({ channel: 'wechat' })).toEqual([]);
      expect(await idsOf({ createdFrom: open.createdAt })).toEqual([closed.id, open.id]);
      expect(await idsOf({ createdTo: open.createdAt })).toEqual([paid.id]);
      expect(
        await idsOf({ createdFrom: open.createdAt, createdTo: closed.createdAt, state: 'PAYING' }),
      ).toEqual([open.id]);
    });

    it("shows nobody else's order, neither there nor by its id", async () => {
      const [owner, stranger] = [await api.registerMerchant(), await api.registerMerchant()];
      const recharge = await owner.recharge();
      await owner.get(recharge.id);

      expect((await stranger.recharges()).items).toEqual([]);
      await expect(stranger.get(recharge.id)).rejects.toMatchObject({
        status: 404,
        code: 'RECHARGE_NOT_FOUND',
      });
      await expect(stranger.close(recharge.id)).rejects.toMatchObject({
        status: 404,
        code: 'RECHARGE_NOT_FOUND',
      });
      expect((await owner.get(recharge.id)).state).toBe('PAYING');
    });
  });

  describe('closed', () => {
    it('by the merchant: at the channel first, so that nobody can pay it any more', async () => {
      const merchant = await api.registerMerchant();
      const recharge = await merchant.recharge();
      await stack.sandboxClient.open(payUrlOf(recharge));

      const closed = await merchant.close(recharge.id);

      expect(closed).toMatchObject({ state: 'CLOSED', payUrl: null });
      const trade = await stack.sandboxClient.trade(recharge.outTradeNo);
      expect(trade).toMatchObject({ status: 'CLOSED', closedBy: 'merchant' });
      expect(Date.parse(closed.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(trade.closedAt ?? ''));
      await expect(stack.sandboxClient.pay(recharge)).rejects.toThrow('TRADE_CLOSED');
      expect(await merchant.close(recharge.id)).toEqual(closed);
    });

    it('not while the channel gives no answer: the order stays open', async () => {
      const merchant = await api.registerMerchant();
      const recharge = await merchant.recharge();
      await stack.sandboxClient.open(payUrlOf(recharge));
      await stack.sandboxClient.order(recharge.outTradeNo, { serverError: 1 });

      const refused = merchant.close(recharge.id);

      await expect(refused).rejects.toMatchObject({ status: 503, code: 'CHANNEL_UNAVAILABLE' });
      expect((await merchant.get(recharge.id)).state).toBe('PAYING');
      await stack.sandboxClient.order(recharge.outTradeNo, { serverError: 0 });
      expect((await merchant.close(recharge.id)).state).toBe('CLOSED');
    });

    it('not while a buyer may still come to a page that the channel has not seen', async () => {
      const merchant = await api.registerMerchant();
      const recharge = await merchant.recharge();

      await expect(merchant.close(recharge.id)).rejects.toMatchObject({
        status: 409,
        code: 'RECHARGE_NOT_CLOSABLE',
      });

      await stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
    });

    it('not after it was paid', async () => {
      const merchant = await api.registerMerchant();
      const recharge = await creditedRecharge(merchant, '5.00');

      await expect(merchant.close(recharge.id)).rejects.toMatchObject({
        status: 409,
        code: 'RECHARGE_NOT_CLOSABLE',
      });

      expect(await merchant.get(recharge.id)).toEqual(recharge);
    });

    it('but paid a moment before, and we had not heard of it: the payment wins', async () => {
      const merchant = await api.registerMerchant();
      const recharge = await merchant.recharge({ amount: '5.00' });
      await stack.sandboxClient.pay(recharge, { notify: 'never' });

      const after = await merchant.close(recharge.id);

      expect(['PAID', 'CREDITED']).toContain(after.state);
      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('5.00');
    });

    it.each([
      ['and the notify of it comes', 'normal'],
      ['and no notify ever comes: the last look finds it', 'never'],
    ] as const)(
      "and paid late all the same, %s: it is the buyer's money, so it is credited",
      async (_how, notify) => {
        const merchant = await api.registerMerchant();
        const recharge = await merchant.recharge({ amount: '6.00' });
        await stack.sandboxClient.open(payUrlOf(recharge));
        expect((await merchant.close(recharge.id)).state).toBe('CLOSED');
        await stack.sandboxClient.order(recharge.outTradeNo, { paidAfterClose: 1 });

        await stack.sandboxClient.pay(recharge, { notify });

        const credited = await merchant.until(recharge.id, 'CREDITED');
        expect(credited.closedAt).not.toBeNull();
        expect(await books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '6000000' });
        expect(await merchant.balance()).toBe('6.00');
      },
    );
  });

  describe('without a word from the channel', () => {
    it('a payment whose notify is lost is found by asking', async () => {
      const merchant = await api.registerMerchant();
      const recharge = await merchant.recharge({ amount: '9.00' });

      await stack.sandboxClient.pay(recharge, { notify: 'never' });

      await merchant.until(recharge.id, 'CREDITED');
      const trade = await stack.sandboxClient.trade(recharge.outTradeNo);
      expect(trade.notifies).toEqual([]);
      expect(trade.queries).toBeGreaterThanOrEqual(1);
      expect(await merchant.balance()).toBe('9.00');
    });

    it('a QR code that the channel made, and whose answer was lost, is asked for again under the same key', async () => {
      const merchant = await api.registerMerchant();
      const order = { amount: '9.00', method: 'qr', idempotencyKey: 'qr-whose-answer-was-lost' };
      await stack.sandboxClient.trouble('precreate is lost', { systemError: 1 });

      const refused = merchant.recharge(order);

      await expect(refused).rejects.toMatchObject({ status: 503, code: 'CHANNEL_UNAVAILABLE' });
      await stack.sandboxClient.peace();
      expect((await merchant.recharges()).items).toMatchObject([{ state: 'CREATED', codeUrl: null }]);
      const recharge = await merchant.recharge(order);
      await stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
      expect((await merchant.recharges()).items).toHaveLength(1);
    });

    it('an order that nobody pays is closed after its expiry: at the channel first, then here', async () => {
      const { merchant, opened, neverOpened, neverScanned } = forgotten;

      for (const recharge of [opened, neverOpened, neverScanned]) {
        const closed = await merchant.until(recharge.id, 'CLOSED', {
          withinMs: (EXPIRY_SECONDS + 20) * 1_000,
        });
        expect(Date.parse(closed.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(recharge.expiresAt));
        expect(closed).toMatchObject({ payUrl: null, codeUrl: null, paidAt: null });
      }

      const trade = await stack.sandboxClient.trade(opened.outTradeNo);
      expect(trade.status).toBe('CLOSED');
      expect(Date.parse((await merchant.get(opened.id)).closedAt ?? '')).toBeGreaterThanOrEqual(
        Date.parse(trade.closedAt ?? ''),
      );
      expect(
        await stack.counter('payment', 'clearbid_payment_channel_call_seconds_count', { call: 'close' }),
      ).toBeGreaterThanOrEqual(3);
      await expect(stack.sandboxClient.open(payUrlOf(neverOpened))).resolves.toBeUndefined();
      await expect(stack.sandboxClient.trade(neverOpened.outTradeNo)).rejects.toThrow('TRADE_NOT_FOUND');
      expect(await merchant.balance()).toBe('0.00');
    });
  });

  describe('as an operator watches it', () => {
    it('every service answers: ready', async () => {
      for (const replica of [0, 1]) {
        const { status, body } = await api
          .at(replica)
          .send<{ ready: boolean; checks: { name: string; ok: boolean }[] }>('GET', '/health/ready');
        expect(status).toBe(200);
        expect(body.ready).toBe(true);
        expect(body.checks.map(({ name }) => name).sort()).toEqual([
          'identity',
          'payment',
          'redis',
          'wallet',
        ]);
      }
    });

    it('metrics count requests by route, and never by id', async () => {
      const merchant = await api.registerMerchant();
      const { id } = await merchant.recharge();
      await merchant.at(0).get(id);

      const { text, contentType } = await api.at(0).send('GET', '/metrics');

      expect(contentType).toMatch(/^text\/plain/);
      expect(text).toMatch(
        /clearbid_http_request_seconds_count\{[^}]*route="\/v1\/recharges\/:id"[^}]*status="200"[^}]*\} [1-9]/,
      );
      expect(text).not.toContain(id);
    });

    it("one recharge can be followed by its requests' ids through the logs of all services", async () => {
      const merchant = await api.registerMerchant();
      const requestId = `followed-${randomBytes(6).toString('hex')}`;
      const { body: recharge } = await merchant.send<RechargeView>('POST', '/v1/recharges', {
        headers: { 'x-request-id': requestId },
        body: { amount: '4.00', channel: 'alipay', method: 'page' },
      });
      await stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
      const linesOf = (service: string, id: unknown) =>
        stack.logs.of(service).filter(({ fields }) => fields['requestId'] === id);

      await eventually('the order is in the logs of gateway and payment', () =>
        ['gateway', 'payment'].every((service) => linesOf(service, requestId).length > 0),
      );
      const paid = stack.logs
        .of('payment')
        .find(({ fields }) => fields['orderId'] === recharge.id && fields['msg'] === 'order is paid');
      const notifyId = paid?.fields['requestId'];
      expect(notifyId).toEqual(expect.any(String));
      await eventually('the payment is in the logs of gateway, payment and wallet', () =>
        ['gateway', 'payment', 'wallet'].every((service) => linesOf(service, notifyId).length > 0),
      );
      const credited = linesOf('payment', notifyId).filter(
        ({ fields }) => fields['msg'] === 'order is credited',
      );
      expect(credited.map(({ fields }) => fields['orderId'])).toEqual([recharge.id]);
    });

    it('no process has complained about anything', () => {
      expect(stack.logs.errors()).toEqual([]);
    });
  });

  it('every answer that was given here is as the OpenAPI document says', () => {
    expect(openapi.faults).toEqual([]);
    expect([...openapi.seen].sort()).toEqual(
      expect.arrayContaining([
        'GET /v1/recharges 200',
        'GET /v1/recharges/{id} 200',
        'GET /v1/recharges/{id} 404',
        'GET /v1/wallet 200',
        'GET /v1/wallet/entries 200',
        'POST /v1/recharges 201',
        'POST /v1/recharges 409',
        'POST /v1/recharges 503',
        'POST /v1/recharges/{id}/close 200',
        'POST /v1/recharges/{id}/close 409',
      ]),
    );
  });

  async function creditedRecharge(merchant: Account, amount: string): Promise<RechargeView> {
    const recharge = await merchant.recharge({ amount });
    await stack.sandboxClient.pay(recharge);
    return merchant.until(recharge.id, 'CREDITED');
  }
});

function payUrlOf({ id, payUrl }: RechargeView): string {
  if (payUrl === null) throw new Error(`Recharge ${id} has no payUrl`);
  return payUrl;
}

function sumOf(counts: Record<string, number>, names: RegExp): number {
  return Object.entries(counts)
    .filter(([name]) => names.test(name))
    .reduce((sum, [, count]) => sum + count, 0);
}
