import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AlipaySdk } from 'alipay-sdk';
import { NotifyReceiver } from '../testing/notify-receiver.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

/**
 * The judge of the sandbox's faithfulness: Alipay's own SDK, which signs requests and verifies replies, notifies and returns
 * as Alipay wants it. It appears in this spec only.
 */
describe('the official alipay-sdk against the sandbox', () => {
  let sandbox: SandboxUnderTest;
  let shop: NotifyReceiver;
  let sdk: AlipaySdk;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    shop = await NotifyReceiver.listen();
    sdk = new AlipaySdk({
      appId: sandbox.merchant.appId,
      privateKey: sandbox.merchant.privateKeyPem,
      keyType: 'PKCS8',
      alipayPublicKey: sandbox.alipayPublicKey,
      gateway: `${sandbox.url}/gateway.do`,
      signType: 'RSA2',
    });
  });
  afterAll(async () => {
    await sandbox.stop();
    await shop.close();
  });

  const pageUrl = (more: Record<string, unknown> = {}) => {
    const bizContent = sandbox.merchant.terms({ subject: 'Recharge 充值 / 50% + "quotes" & more', ...more });
    const url = sdk.pageExecute('alipay.trade.page.pay', 'GET', {
      bizContent,
      notify_url: shop.url,
      return_url: 'http://127.0.0.1:9/recharges/1?tab=all',
    });
    return { outTradeNo: bizContent.out_trade_no, url };
  };

  it('opens the cashier with a URL of pageExecute', async () => {
    const { outTradeNo, url } = pageUrl();

    const response = await sandbox.open(url);

    expect(response.status).toBe(302);
    expect(await sandbox.truth(outTradeNo)).toMatchObject({
      status: 'WAITING',
      subject: 'Recharge 充值 / 50% + "quotes" & more',
    });
  });

  it('verifies the replies of query, close and precreate', async () => {
    const { outTradeNo, url } = pageUrl();
    await sandbox.open(url);
    const exec = (method: string, bizContent: Record<string, unknown>) =>
      sdk.exec(method, { bizContent }, { validateSign: true });

    const queried = await exec('alipay.trade.query', { out_trade_no: outTradeNo });
    const closed = await exec('alipay.trade.close', { out_trade_no: outTradeNo });
    const unknown = await exec('alipay.trade.query', { out_trade_no: 'unknown' });
    const qr = sandbox.merchant.terms({ product_code: 'FACE_TO_FACE_PAYMENT' });
    const precreated = await exec('alipay.trade.precreate', qr);

    expect(queried).toMatchObject({ code: '10000', tradeStatus: 'WAIT_BUYER_PAY', totalAmount: '50.00' });
    expect(closed).toMatchObject({ code: '10000', outTradeNo });
    expect(unknown).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
    expect(precreated['qrCode']).toMatch(/^http:\/\/localhost:\d+\/qr\/bax[0-9a-f]{24}$/);
  });

  it('transfers, asks what became of it, and verifies what it is told', async () => {
    const exec = (method: string, bizContent: Record<string, unknown>) =>
      sdk.exec(method, { bizContent }, { validateSign: true });
    const scene = { productCode: 'TRANS_ACCOUNT_NO_PWD', bizScene: 'DIRECT_TRANSFER', outBizNo: '7001' };
    const payeeInfo = { identity: 'li@example.com', identityType: 'ALIPAY_LOGON_ID', name: '李小明' };
    const terms = { ...scene, transAmount: '20.00', orderTitle: 'Earnings 收益 / 50%', payeeInfo };

    const paid = await exec('alipay.fund.trans.uni.transfer', terms);
    const asked = await exec('alipay.fund.trans.common.query', scene);
    const other = await exec('alipay.fund.trans.uni.transfer', { ...terms, transAmount: '20.01' });
    const unknown = await exec('alipay.fund.trans.common.query', { ...scene, outBizNo: '7002' });

    expect(paid).toMatchObject({ code: '10000', outBizNo: '7001', status: 'SUCCESS' });
    expect(asked).toMatchObject({ orderId: paid['orderId'], status: 'SUCCESS', transAmount: '20.00' });
    expect(other).toMatchObject({ code: '40004', subCode: 'PAYMENT_INFO_INCONSISTENCY' });
    expect(unknown).toMatchObject({ code: '40004', subCode: 'ORDER_NOT_EXIST' });
  });

  it('refuses a reply that was changed on the way', async () => {
    const { outTradeNo, url } = pageUrl();
    await sandbox.open(url);
    await sandbox.control('POST', `/trades/${outTradeNo}/faults`, { faults: { tamperedReply: 1 } });

    const query = () =>
      sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: outTradeNo } }, { validateSign: true });

    await expect(query()).rejects.toThrow('验签失败');
    expect(await query()).toMatchObject({ code: '10000' });
  });

  it('verifies a notify, and no tampered one', async () => {
    const [good, bad] = [pageUrl(), pageUrl()];
    await sandbox.open(good.url);
    await sandbox.open(bad.url);

    await sandbox.pay(good.outTradeNo);
    await sandbox.pay(bad.outTradeNo, { notify: 'tampered' });

    const [goodNotify] = await until(
      'the good notify',
      () => shop.of(good.outTradeNo).length > 0 && shop.of(good.outTradeNo),
    );
    const [badNotify] = await until(
      'the bad notify',
      () => shop.of(bad.outTradeNo).length > 0 && shop.of(bad.outTradeNo),
    );
    expect(sdk.checkNotifySignV2(Object.fromEntries(goodNotify?.fields ?? []))).toBe(true);
    expect(sdk.checkNotifySignV2(Object.fromEntries(badNotify?.fields ?? []))).toBe(false);
  });

  it('verifies the parameters with which the buyer comes back', async () => {
    const { outTradeNo, url } = pageUrl();
    const cashier = (await sandbox.open(url)).headers.get('location') ?? '';
    await sandbox.pay(outTradeNo);

    const page = await (await sandbox.open(cashier)).text();

    const link = /<a class="button" href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const { tab, ...returned } = Object.fromEntries(new URL(link).searchParams);
    expect(tab).toBe('all');
    expect(returned).toMatchObject({
      method: 'alipay.trade.page.pay.return',
      out_trade_no: outTradeNo,
      total_amount: '50.00',
      seller_id: sandbox.merchant.sellerId,
    });
    expect(sdk.checkNotifySignV2(returned)).toBe(true);
  });
});
