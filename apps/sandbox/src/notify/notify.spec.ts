import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { beijing, isSignedByAlipay } from '../testing/merchant.js';
import { NotifyReceiver } from '../testing/notify-receiver.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

/** Makes the ladder of 24 hours one of eight seconds: 4 minutes become 24 ms, 15 hours become 5.4 s. */
const FAST = { SANDBOX_TIME_SCALE: '10000' };
/** Makes every step shorter than a millisecond. */
const AT_ONCE = { SANDBOX_TIME_SCALE: '1000000' };

describe('notifies', () => {
  let sandbox: SandboxUnderTest;
  let shop: NotifyReceiver;

  beforeEach(async () => {
    shop = await NotifyReceiver.listen();
  });
  afterEach(async () => {
    await sandbox.stop();
    await shop.close();
  });

  const start = async (variables: NodeJS.ProcessEnv = {}) => {
    sandbox = await SandboxUnderTest.start(variables);
  };
  const openTrade = async (terms: Record<string, unknown> = {}) =>
    (await sandbox.openTrade(terms, { notify_url: shop.url })).outTradeNo;
  const notifiesOf = async (outTradeNo: string) => (await sandbox.truth(outTradeNo)).notifies;
  const untilNotifyIs = (outTradeNo: string, state: string) =>
    until(`the notify of ${outTradeNo} to be ${state}`, async () => {
      const [notify] = await notifiesOf(outTradeNo);
      return notify?.state === state && notify;
    });

  it('tell of a payment once, in a signed form with all that Alipay tells', async () => {
    await start();
    const outTradeNo = await openTrade({
      subject: '充值 & more',
      body: '50% off',
      passback_params: 'a=1&b=2',
    });

    await sandbox.pay(outTradeNo);

    await untilNotifyIs(outTradeNo, 'DELIVERED');
    const [notify, ...more] = shop.of(outTradeNo);
    expect(more).toEqual([]);
    expect(notify?.contentType).toBe('application/x-www-form-urlencoded; charset=utf-8');
    const fields = notify?.fields ?? new URLSearchParams();
    expect(isSignedByAlipay(fields, sandbox.alipayPublicKey)).toBe(true);
    const { tradeNo } = await sandbox.truth(outTradeNo);
    expect(Object.fromEntries(fields)).toMatchObject({
      notify_type: 'trade_status_sync',
      notify_id: expect.stringMatching(/^\d{34}$/),
      app_id: sandbox.merchant.appId,
      auth_app_id: sandbox.merchant.appId,
      seller_id: sandbox.merchant.sellerId,
      out_trade_no: outTradeNo,
      trade_no: tradeNo,
      trade_status: 'TRADE_SUCCESS',
      total_amount: '50.00',
      receipt_amount: '50.00',
      buyer_pay_amount: '50.00',
      invoice_amount: '50.00',
      point_amount: '0.00',
      fund_bill_list: '[{"amount":"50.00","fundChannel":"ALIPAYACCOUNT"}]',
      subject: '充值 & more',
      body: '50% off',
      passback_params: 'a=1&b=2',
      charset: 'utf-8',
      version: '1.0',
      sign_type: 'RSA2',
    });
    for (const name of ['notify_time', 'gmt_create', 'gmt_payment']) {
      expect(fields.get(name)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    }
  });

  it('come again, with the same id, until the merchant answers the seven characters', async () => {
    await start(FAST);
    const refusals = [
      { status: 500, body: 'success' },
      { status: 200, body: 'fail' },
      { status: 200, body: 'success!' },
    ];
    shop.answer = () => refusals.shift() ?? { status: 200, body: 'success' };
    const outTradeNo = await openTrade();

    await sandbox.pay(outTradeNo);

    const notify = await untilNotifyIs(outTradeNo, 'DELIVERED');
    expect(notify.deliveries).toMatchObject([
      { status: 500, answer: 'success' },
      { status: 200, answer: 'fail' },
      { status: 200, answer: 'success!' },
      { status: 200, answer: 'success' },
    ]);
    expect(new Set(shop.of(outTradeNo).map((received) => received.fields.get('notify_id'))).size).toBe(1);
    const times = shop.of(outTradeNo).map((received) => received.at);
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    // 4, 10 and 10 minutes, divided by 10,000; a timer may be late, never early.
    expect(waits[0]).toBeGreaterThanOrEqual(23);
    expect(waits[1]).toBeGreaterThanOrEqual(59);
    expect(waits[2]).toBeGreaterThanOrEqual(59);
  });

  it('end after the eighth try', async () => {
    await start(AT_ONCE);
    shop.answer = () => ({ status: 200, body: 'fail' });
    const outTradeNo = await openTrade();

    await sandbox.pay(outTradeNo);

    const notify = await untilNotifyIs(outTradeNo, 'EXHAUSTED');
    expect(notify.deliveries).toHaveLength(8);
    expect(shop.of(outTradeNo)).toHaveLength(8);
  });

  it('go on after a restart where they were, for a merchant that was down', async () => {
    await start({ SANDBOX_TIME_SCALE: '1000' });
    const outTradeNo = await openTrade();
    const paidElsewhere = await openTrade();
    shop.answer = () => ({ status: 503, body: '' });
    await sandbox.pay(outTradeNo);
    await sandbox.pay(paidElsewhere, { notify: 'never' });
    await until('the first try', async () => ((await notifiesOf(outTradeNo))[0]?.deliveries.length ?? 0) > 0);

    const before = sandbox;
    sandbox = await sandbox.startFromCrash();
    await before.stop();
    shop.answer = () => ({ status: 200, body: 'success' });

    const notify = await untilNotifyIs(outTradeNo, 'DELIVERED');
    expect(notify.deliveries.length).toBeGreaterThanOrEqual(2);
    expect(notify.deliveries.at(-1)).toMatchObject({ status: 200, answer: 'success' });
    expect(await sandbox.truth(paidElsewhere)).toMatchObject({ status: 'PAID', notifies: [] });
  });

  it('are kept when nobody listens', async () => {
    await start(AT_ONCE);
    const outTradeNo = await openTrade();
    await shop.close();

    await sandbox.pay(outTradeNo);

    const notify = await untilNotifyIs(outTradeNo, 'EXHAUSTED');
    expect(notify.deliveries[0]).toMatchObject({
      status: null,
      error: expect.stringContaining('ECONNREFUSED'),
    });
    shop = await NotifyReceiver.listen();
  });

  it('reuse their connections', async () => {
    await start();
    for (let count = 0; count < 20; count += 1) {
      const outTradeNo = await openTrade();
      await sandbox.pay(outTradeNo);
      await untilNotifyIs(outTradeNo, 'DELIVERED');
    }

    expect(shop.received).toHaveLength(20);
    expect(shop.connections).toBe(1);
  });

  it('of a duplicate come three times with one id', async () => {
    await start();
    const outTradeNo = await openTrade();

    await sandbox.pay(outTradeNo, { notify: 'duplicate' });

    await until('three notifies', () => shop.of(outTradeNo).length === 3);
    expect(new Set(shop.of(outTradeNo).map((received) => received.fields.get('notify_id'))).size).toBe(1);
  });

  it('out of order tell of the older state last, truly signed', async () => {
    await start();
    const outTradeNo = await openTrade();

    await sandbox.pay(outTradeNo, { notify: 'outOfOrder' });

    await until('two notifies', () => shop.of(outTradeNo).length === 2);
    const received = shop.of(outTradeNo).map((notify) => notify.fields);
    expect(received.map((fields) => fields.get('trade_status'))).toEqual(['TRADE_SUCCESS', 'WAIT_BUYER_PAY']);
    expect(received.every((fields) => isSignedByAlipay(fields, sandbox.alipayPublicKey))).toBe(true);
  });

  it('tampered with look right but for the signature, in every try', async () => {
    await start(AT_ONCE);
    shop.answer = ({ fields }) => ({
      status: 200,
      body: isSignedByAlipay(fields, sandbox.alipayPublicKey) ? 'success' : 'fail',
    });
    const outTradeNo = await openTrade();

    await sandbox.pay(outTradeNo, { notify: 'tampered' });

    await untilNotifyIs(outTradeNo, 'EXHAUSTED');
    expect(shop.of(outTradeNo)).toHaveLength(8);
    expect(shop.of(outTradeNo)[0]?.fields.get('total_amount')).toBe('50.00');
  });

  it('late wait as long as told', async () => {
    await start();
    const outTradeNo = await openTrade();
    const paidAt = Date.now();

    await sandbox.pay(outTradeNo, { notify: 'late', delayMs: 400 });

    await until('the notify', () => shop.of(outTradeNo).length === 1);
    expect((shop.of(outTradeNo)[0]?.at ?? 0) - paidAt).toBeGreaterThanOrEqual(399);
  });

  it('of a closed trade are sent only to a merchant that has subscribed', async () => {
    await start({ SANDBOX_NOTIFY_ON_CLOSE: 'true' });
    const closed = await openTrade();
    const expired = await openTrade({ time_expire: beijing(Date.now() + 2500) });

    await sandbox.call('alipay.trade.close', { out_trade_no: closed });

    await until('both notifies', () => shop.of(closed).length === 1 && shop.of(expired).length === 1);
    expect(shop.of(closed)[0]?.fields.get('trade_status')).toBe('TRADE_CLOSED');
    expect(shop.of(expired)[0]?.fields.get('trade_status')).toBe('TRADE_CLOSED');
  });

  it('of a closed trade are not sent otherwise', async () => {
    await start();
    const outTradeNo = await openTrade();

    await sandbox.call('alipay.trade.close', { out_trade_no: outTradeNo });

    expect(await notifiesOf(outTradeNo)).toEqual([]);
  });
});
