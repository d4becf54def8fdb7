import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isSignedByAlipay } from '../testing/merchant.js';
import { NotifyReceiver } from '../testing/notify-receiver.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

describe('the control API', () => {
  let sandbox: SandboxUnderTest;
  let shop: NotifyReceiver;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    shop = await NotifyReceiver.listen();
  });
  afterAll(async () => {
    await sandbox.stop();
    await shop.close();
  });

  const openTrade = async () => (await sandbox.openTrade({}, { notify_url: shop.url })).outTradeNo;

  describe('pay', () => {
    it('pays as the buyer and shows the channel’s truth', async () => {
      const outTradeNo = await openTrade();

      const paid = await sandbox.pay(outTradeNo, { notify: 'never' });

      expect(paid.status).toBe(200);
      expect(paid.body).toEqual(await sandbox.truth(outTradeNo));
      expect(paid.body).toMatchObject({
        outTradeNo,
        channel: 'alipay',
        status: 'PAID',
        amount: '50.00',
        paidAmount: '50.00',
        closedAt: null,
        notifies: [],
      });
      expect(Date.parse(paid.body.paidAt)).toBeGreaterThanOrEqual(Date.parse(paid.body.createdAt));
    });

    it.each([
      ['an empty body', {}],
      ['no body', undefined],
    ])('takes %s for the usual payment', async (_what, body) => {
      const outTradeNo = await openTrade();

      expect((await sandbox.control('POST', `/trades/${outTradeNo}/pay`, body)).body.status).toBe('PAID');
      await until('the notify', () => shop.of(outTradeNo).length === 1);
    });

    it('pays another amount than asked, and the channel reports that one', async () => {
      const outTradeNo = await openTrade();

      await sandbox.pay(outTradeNo, { notify: 'normal', amount: '0.5' });

      const [notify] = await until('the notify', () => shop.of(outTradeNo).length > 0 && shop.of(outTradeNo));
      expect(notify?.fields.get('total_amount')).toBe('0.50');
      const reply = await sandbox.call('alipay.trade.query', { out_trade_no: outTradeNo });
      expect(reply.body['total_amount']).toBe('0.50');
    });

    it('pays at another time than now, which is the one that the channel tells', async () => {
      const { outTradeNo } = await sandbox.openTrade();

      await sandbox.pay(outTradeNo, { paidAt: '2026-01-02T03:04:05+08:00' });

      const reply = await sandbox.call('alipay.trade.query', { out_trade_no: outTradeNo });
      expect(reply.body['send_pay_date']).toBe('2026-01-02 03:04:05');
    });

    it('pays beyond any refund', async () => {
      const outTradeNo = await openTrade();

      await sandbox.pay(outTradeNo, { notify: 'normal', finished: true });

      const [notify] = await until('the notify', () => shop.of(outTradeNo).length > 0 && shop.of(outTradeNo));
      expect(notify?.fields.get('trade_status')).toBe('TRADE_FINISHED');
    });

    it('opens a payment URL first that nobody has opened', async () => {
      const biz = sandbox.merchant.terms();
      const payUrl = sandbox.payUrl(biz);

      const without = await sandbox.pay(biz.out_trade_no, { notify: 'never' });
      const withUrl = await sandbox.pay(biz.out_trade_no, { notify: 'never', payUrl });

      expect(without.status).toBe(404);
      expect(without.contentType).toContain('application/problem+json');
      expect(without.body).toMatchObject({
        code: 'TRADE_NOT_FOUND',
        detail: expect.stringContaining('open its payUrl first'),
      });
      expect(withUrl.body).toMatchObject({ status: 'PAID' });
    });

    it.each([
      ['of another trade', () => sandbox.payUrl(sandbox.merchant.terms()), 'opens the trade'],
      ['with a wrong signature', () => `${sandbox.payUrl(sandbox.merchant.terms())}&version=1.1`, ''],
      ['that is none', () => 'https://example.org/', 'no payment URL'],
    ])('refuses a payment URL %s', async (what, payUrl, why) => {
      const url =
        what === 'with a wrong signature' ? payUrl().replace('total_amount', 'total_amounT') : payUrl();

      const reply = await sandbox.pay('T-other', { payUrl: url });

      expect(reply.status).toBe(400);
      expect(reply.body).toMatchObject({ code: 'PAY_URL_REFUSED', errors: [{ field: 'payUrl' }] });
      expect(reply.body.detail).toContain(why);
    });

    it('scans a code first that nobody has scanned', async () => {
      const biz = sandbox.merchant.terms({ product_code: 'FACE_TO_FACE_PAYMENT' });
      await sandbox.call('alipay.trade.precreate', biz);

      expect(await sandbox.truth(biz.out_trade_no)).toMatchObject({
        status: 'NOT_SCANNED',
        amount: '50.00',
        tradeNo: null,
      });
      expect((await sandbox.pay(biz.out_trade_no)).body).toMatchObject({ status: 'PAID', method: 'qr' });
    });

    it('refuses to pay twice', async () => {
      const outTradeNo = await openTrade();
      await sandbox.pay(outTradeNo);

      expect((await sandbox.pay(outTradeNo)).body).toMatchObject({ status: 409, code: 'TRADE_ALREADY_PAID' });
    });

    it.each([
      ['an unknown way to notify', { notify: 'sometimes' }, 'notify'],
      ['an amount as a number', { amount: 50 }, 'amount'],
      ['an amount of nothing', { amount: '0.00' }, 'amount'],
      ['an amount with three decimals', { amount: '1.001' }, 'amount'],
      ['a negative delay', { delayMs: -1 }, 'delayMs'],
      ['half a millisecond', { delayMs: 0.5 }, 'delayMs'],
      ['an unknown field', { notifi: 'late' }, 'notifi'],
      ['a list in place of an object', [], 'body'],
    ])('refuses %s by name and pays nothing', async (_what, body, field) => {
      const outTradeNo = await openTrade();

      const reply = await sandbox.pay(outTradeNo, body);

      expect(reply.status).toBe(400);
      expect(reply.contentType).toContain('application/problem+json');
      expect(reply.body).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ field, message: expect.any(String) }],
      });
      expect((await sandbox.truth(outTradeNo)).status).toBe('WAITING');
    });
  });

  it('names every bad field at once', async () => {
    const reply = await sandbox.control('POST', '/faults', { rates: { notifyNever: 2, notifySometimes: 1 } });

    expect(reply.body.errors.map((error: { field: string }) => error.field).sort()).toEqual([
      'rates.notifyNever',
      'rates.notifySometimes',
      'seed',
    ]);
  });

  it('answers a body that is no JSON, a wrong content type and an unknown address with problem documents', async () => {
    const address = `${sandbox.url}/control/faults`;
    const json = { 'content-type': 'application/json' };

    const broken = await fetch(address, { method: 'POST', body: '{', headers: json });
    const xml = await fetch(address, {
      method: 'POST',
      body: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    const unknown = await fetch(`${sandbox.url}/control/nothing`);

    for (const [response, status] of [
      [broken, 400],
      [xml, 415],
      [unknown, 404],
    ] as const) {
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
      });
    }
  });

  describe('lists', () => {
    it('trades, newest first, page by page, filtered by their state', async () => {
      const numbers: string[] = [];
      for (let count = 0; count < 5; count += 1) numbers.push(await openTrade());
      await sandbox.pay(numbers[1] ?? '', { notify: 'never' });
      await sandbox.pay(numbers[3] ?? '', { notify: 'never' });
      const outTradeNos = (page: { body: { items: readonly { outTradeNo: string }[] } }) =>
        page.body.items.map((item) => item.outTradeNo);

      const first = await sandbox.control('GET', '/trades?limit=2');
      const second = await sandbox.control('GET', `/trades?limit=3&cursor=${first.body.nextCursor}`);
      const paid = await sandbox.control('GET', '/trades?status=PAID&limit=2');

      expect([...outTradeNos(first), ...outTradeNos(second)]).toEqual(numbers.toReversed());
      expect(outTradeNos(paid)).toEqual([numbers[3], numbers[1]]);
    });

    it('to the end', async () => {
      expect((await sandbox.control('GET', '/trades?limit=500')).body.nextCursor).toBeNull();
    });

    it('nothing for a bad question', async () => {
      const reply = await sandbox.control('GET', '/trades?status=LOST&limit=0');

      expect(reply.body.errors.map((error: { field: string }) => error.field)).toEqual(['status', 'limit']);
    });
  });

  describe('notifies of one’s own making', () => {
    it('are signed with the fields as they were changed, sent at once, and their answers told', async () => {
      const outTradeNo = await openTrade();
      shop.answer = (_notify, count) => ({ status: 200, body: count % 2 ? 'success' : 'fail' });

      const sent = await sandbox.control('POST', `/trades/${outTradeNo}/notifies`, {
        fields: { trade_status: 'TRADE_SUCCESS', app_id: '1', total_amount: '1.00' },
        count: 10,
      });
      shop.answer = () => ({ status: 200, body: 'success' });

      const received = shop.of(outTradeNo).map((notify) => notify.fields);
      expect(received).toHaveLength(10);
      expect(received.every((fields) => isSignedByAlipay(fields, sandbox.alipayPublicKey))).toBe(true);
      expect(Object.fromEntries(received[0] ?? [])).toMatchObject({
        trade_status: 'TRADE_SUCCESS',
        app_id: '1',
      });
      expect(
        sent.body.deliveries.filter((delivery: { accepted: boolean }) => delivery.accepted),
      ).toHaveLength(5);
    });

    it.each(['wrong', 'missing'])('can have a %s signature', async (signature) => {
      const outTradeNo = await openTrade();

      await sandbox.control('POST', `/trades/${outTradeNo}/notifies`, { signature });

      const [received] = shop.of(outTradeNo);
      expect(received && isSignedByAlipay(received.fields, sandbox.alipayPublicKey)).toBe(false);
      expect(received?.fields.has('sign')).toBe(signature === 'wrong');
    });

    it('need an address', async () => {
      const { outTradeNo } = await sandbox.openTrade();

      expect((await sandbox.control('POST', `/trades/${outTradeNo}/notifies`, {})).body.code).toBe(
        'NO_NOTIFY_URL',
      );
    });
  });

  it('tells what has happened', async () => {
    const { body } = await sandbox.control('GET', '/stats');

    expect(body).toMatchObject({
      startedAt: expect.any(String),
      calls: { 'alipay.trade.page.pay': expect.any(Number) },
      alipayLimit: { [sandbox.merchant.appId]: { callsPerSecond: 100, refused: 0 } },
      trades: { WAITING: expect.any(Number), PAID: expect.any(Number) },
      notifies: { tries: expect.any(Number), DELIVERED: expect.any(Number), PENDING: 0 },
      faults: { seed: null, rates: {} },
    });
  });

  it('is alive and ready, and can be measured', async () => {
    const [live, ready, metrics] = await Promise.all(
      ['/health/live', '/health/ready', '/metrics'].map((path) => sandbox.open(path)),
    );

    expect(live?.status).toBe(200);
    expect(await ready?.json()).toEqual({ ready: true, checks: [{ name: 'journal', ok: true }] });
    expect(await metrics?.text()).toMatch(
      /clearbid_sandbox_events_total\{group="calls",name="alipay.trade.page.pay".*\} \d+/,
    );
  });
});
