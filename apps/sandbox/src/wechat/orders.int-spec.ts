import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { WechatMerchantUnderTest } from './testing/merchant.js';
import { startWechatSandbox } from './testing/wechat-sandbox.js';

const TRANSACTIONS = '/v3/pay/transactions';

describe('orders of WeChat Pay', () => {
  const merchant = new WechatMerchantUnderTest();
  const other = new WechatMerchantUnderTest('1900000002');
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await startWechatSandbox([merchant, other]);
  });
  afterAll(() => sandbox.stop());

  const prepay = (method: string, more: Record<string, unknown> = {}) =>
    merchant.call('POST', `${TRANSACTIONS}/${method}`, merchant.terms(more));
  const query = (outTradeNo: string, by = merchant) =>
    by.call('GET', `${TRANSACTIONS}/out-trade-no/${outTradeNo}?mchid=${by.mchid}`);
  const close = (outTradeNo: string) =>
    merchant.call('POST', `${TRANSACTIONS}/out-trade-no/${outTradeNo}/close`, { mchid: merchant.mchid });

  it('exist from the prepay on: NOTPAY, then SUCCESS with a number of its own', async () => {
    const terms = merchant.terms({ attach: 'order 7' });
    const { status, body } = await merchant.call('POST', `${TRANSACTIONS}/native`, terms);
    expect([status, body]).toEqual([
      200,
      { code_url: expect.stringMatching(/^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/) },
    ]);

    const unpaid = await query(terms.out_trade_no);
    expect([unpaid.status, unpaid.body]).toMatchObject([200, { trade_state: 'NOTPAY', attach: 'order 7' }]);
    expect(unpaid.body).not.toHaveProperty('transaction_id');

    await sandbox.pay(terms.out_trade_no);
    const paid = await query(terms.out_trade_no);
    expect(paid.body).toMatchObject({
      trade_state: 'SUCCESS',
      trade_type: 'NATIVE',
      appid: merchant.appid,
      mchid: merchant.mchid,
      amount: { total: 5000, payer_total: 5000, currency: 'CNY' },
      transaction_id: expect.stringMatching(/^4200\d{24}$/),
      success_time: expect.stringMatching(/\+08:00$/),
    });
    const id = String(paid.body['transaction_id']);
    const byId = await merchant.call('GET', `${TRANSACTIONS}/id/${id}?mchid=${merchant.mchid}`);
    expect(byId.body).toMatchObject({ out_trade_no: terms.out_trade_no, trade_state: 'SUCCESS' });
  });

  it('are paid in an application by a prepay_id, by the payer whom JSAPI names', async () => {
    const terms = merchant.terms({ payer: { openid: 'o-the-payer' } });
    const { body } = await merchant.call('POST', `${TRANSACTIONS}/jsapi`, terms);
    expect(body).toEqual({ prepay_id: expect.stringMatching(/^wx\d{14}\w{20}$/) });

    await sandbox.pay(terms.out_trade_no);
    const paid = await query(terms.out_trade_no);
    expect(paid.body).toMatchObject({ trade_type: 'JSAPI', payer: { openid: 'o-the-payer' } });
  });

  it('are paid by a code that is scanned, and in a browser that comes back to the merchant', async () => {
    const native = await prepay('native');
    const code = new URL(String(native.body['code_url'])).searchParams.get('pr');
    const scanned = await sandbox.open(`/qr/${code}`);
    expect(scanned.headers.get('location')).toMatch(/^\/cashier\/[\w-]{20,}$/);

    const terms = merchant.terms({ scene_info: { payer_client_ip: '192.0.2.7', h5_info: { type: 'Wap' } } });
    const h5 = await merchant.call('POST', `${TRANSACTIONS}/h5`, terms);
    const back = 'https://shop.test/orders/7?x=1';
    const opened = await sandbox.open(
      `${String(h5.body['h5_url'])}&redirect_url=${encodeURIComponent(back)}`,
    );
    const cashier = String(opened.headers.get('location'));
    const paid = await sandbox.open(`${cashier}/pay`, { method: 'POST', body: new URLSearchParams() });
    expect(paid.status).toBe(303);
    expect(await (await sandbox.open(cashier)).text()).toContain('https://shop.test/orders/7?x=1');
    expect((await query(terms.out_trade_no)).body).toMatchObject({
      trade_state: 'SUCCESS',
      trade_type: 'MWEB',
    });
  });

  it('take the same request again, and no other one of the same number', async () => {
    const terms = merchant.terms();
    const again = () => merchant.call('POST', `${TRANSACTIONS}/native`, terms);
    const codes = new Set([(await again()).body['code_url'], (await again()).body['code_url']]);
    expect(codes.size).toBe(2);

    for (const change of [{ amount: { total: 5001 } }, { attach: 'x' }, { description: 'Another' }]) {
      const changed = await merchant.call('POST', `${TRANSACTIONS}/native`, { ...terms, ...change });
      expect([changed.status, changed.body['code']]).toEqual([403, 'OUT_TRADE_NO_USED']);
    }
    await sandbox.pay(terms.out_trade_no);
    expect(await again()).toMatchObject({ status: 400, body: { code: 'ORDERPAID' } });
  });

  it('close on demand, once, and never when paid', async () => {
    const terms = merchant.terms();
    await merchant.call('POST', `${TRANSACTIONS}/native`, terms);
    const closed = await close(terms.out_trade_no);
    expect([closed.status, closed.text]).toEqual([204, '']);
    expect((await query(terms.out_trade_no)).body).toMatchObject({ trade_state: 'CLOSED' });
    expect(await close(terms.out_trade_no)).toMatchObject({ status: 400, body: { code: 'ORDER_CLOSED' } });
    const again = await merchant.call('POST', `${TRANSACTIONS}/native`, terms);
    expect(again).toMatchObject({ status: 400, body: { code: 'ORDER_CLOSED' } });

    const paid = merchant.terms();
    await merchant.call('POST', `${TRANSACTIONS}/native`, paid);
    await sandbox.pay(paid.out_trade_no);
    expect(await close(paid.out_trade_no)).toMatchObject({ status: 400, body: { code: 'ORDERPAID' } });
  });

  it('close by themselves at time_expire', async () => {
    const terms = merchant.terms({ time_expire: new Date(Date.now() + 1_200).toISOString() });
    await merchant.call('POST', `${TRANSACTIONS}/native`, terms);
    await sandbox.untilStatus(terms.out_trade_no, 'CLOSED');
    expect((await query(terms.out_trade_no)).body).toMatchObject({ trade_state: 'CLOSED' });
    expect((await sandbox.pay(terms.out_trade_no)).body.code).toBe('TRADE_CLOSED');
  });

  it('do not exist for anybody else', async () => {
    const terms = merchant.terms();
    await merchant.call('POST', `${TRANSACTIONS}/native`, terms);
    const notThere = { status: 404, body: { code: 'ORDER_NOT_EXIST' } };
    expect(await query(terms.out_trade_no, other)).toMatchObject(notThere);
    expect(await query('NOSUCHORDER')).toMatchObject(notThere);
    expect(await close('NOSUCHORDER')).toMatchObject(notThere);
    const foreign = await other.call('POST', `${TRANSACTIONS}/native`, { ...terms, mchid: other.mchid });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'OUT_TRADE_NO_USED' } });
  });

  it.each([
    ['native', { amount: { total: 0 } }, '/amount/total'],
    ['native', { amount: { total: 50.5 } }, '/amount/total'],
    ['native', { amount: { total: 1, currency: 'USD' } }, '/amount/currency'],
    ['native', { out_trade_no: 'has space' }, '/out_trade_no'],
    ['native', { out_trade_no: 'short' }, '/out_trade_no'],
    ['native', { description: undefined }, '/description'],
    ['native', { notify_url: 'https://shop.test/notify?x=1' }, '/notify_url'],
    ['native', { time_expire: '2026-02-31T00:00:00+08:00' }, '/time_expire'],
    ['native', { time_expire: '2020-01-01T00:00:00+08:00' }, '/time_expire'],
    ['jsapi', {}, '/payer'],
    ['h5', {}, '/scene_info'],
    ['h5', { scene_info: { h5_info: { type: 'Wap' } } }, '/scene_info/payer_client_ip'],
  ])('refuse a bad parameter of %s %j by its name', async (method, change, field) => {
    const reply = await prepay(method, change);
    expect(reply).toMatchObject({
      status: 400,
      body: { code: 'PARAM_ERROR', detail: { location: 'body', field } },
    });
  });

  it('belong to the merchant that signs, and to an application of that merchant', async () => {
    expect(await prepay('native', { mchid: other.mchid })).toMatchObject({
      body: { code: 'INVALID_REQUEST' },
    });
    expect(await prepay('native', { appid: 'wxforeign' })).toMatchObject({
      body: { code: 'APPID_MCHID_NOT_MATCH' },
    });
    const path = `${TRANSACTIONS}/out-trade-no/${merchant.newOutTradeNo()}`;
    expect(await merchant.call('GET', path)).toMatchObject({
      status: 400,
      body: { code: 'PARAM_ERROR', detail: { location: 'query', field: '/mchid' } },
    });
  });
});
