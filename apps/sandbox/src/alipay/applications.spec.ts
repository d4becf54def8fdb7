import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import iconv from 'iconv-lite';
import { fromBufferPromise } from 'yauzl';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AlipaySdk } from 'alipay-sdk';
import { beijing, Merchant } from '../testing/merchant.js';
import { NotifyReceiver } from '../testing/notify-receiver.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

const QUERY = 'alipay.trade.query';
const BILL = 'alipay.data.dataservice.bill.downloadurl.query';
const other = new Merchant('9021000000000002', '2088000000000002');

let directory: string;
let sandbox: SandboxUnderTest;
let shop: NotifyReceiver;
/** Alipay's own SDK, in certificate mode. */
let sdk: AlipaySdk;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'applications-'));
  const publicKeyFile = join(directory, 'other.pem');
  await writeFile(publicKeyFile, other.publicKeyPem);
  const { appId, sellerId } = other;
  sandbox = await SandboxUnderTest.start({}, new Merchant(), undefined, [
    { appId, sellerId, publicKeyFile, certificates: true },
  ]);
  shop = await NotifyReceiver.listen();
  const key = (name: string) => join(sandbox.dataDir, 'keys', name);
  sdk = new AlipaySdk({
    appId,
    privateKey: other.privateKeyPem,
    keyType: 'PKCS8',
    gateway: `${sandbox.url}/gateway.do`,
    appCertPath: key(`alipay-app-cert-${appId}.pem`),
    alipayRootCertPath: key('alipay-root-cert.pem'),
    alipayPublicCertPath: key('alipay-cert.pem'),
  });
});
afterAll(async () => {
  await sandbox.stop();
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

const ask = (outTradeNo: string) =>
  sdk.exec(QUERY, { bizContent: { out_trade_no: outTradeNo } }, { validateSign: true });

/** A trade of the application with certificates. */
async function opened(): Promise<string> {
  const bizContent = other.terms();
  const url = sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent, notify_url: shop.url });
  expect((await sandbox.open(url)).status).toBe(302);
  return bizContent.out_trade_no;
}

describe('An application with certificates', () => {
  it('is believed, answered and notified as the official SDK wants it', async () => {
    const outTradeNo = await opened();
    expect(await ask(outTradeNo)).toMatchObject({ code: '10000', tradeStatus: 'WAIT_BUYER_PAY' });

    await sandbox.pay(outTradeNo);

    const [notify] = await until('the notify', () => shop.of(outTradeNo).length > 0 && shop.of(outTradeNo));
    const fields = Object.fromEntries(notify?.fields ?? []);
    expect(fields).toMatchObject({
      app_id: other.appId,
      seller_id: other.sellerId,
      alipay_cert_sn: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(sdk.checkNotifySignV2(fields)).toBe(true);
  });

  it.each([
    ['names no certificate', {}, 'isv.missing-app-cert-sn'],
    ['names another certificate', { app_cert_sn: 'f'.repeat(32) }, 'isv.invalid-app-cert-sn'],
  ])('is refused when it %s', async (_what, more, code) => {
    const { body } = await sandbox.post(other.request(QUERY, { out_trade_no: '1' }, more));
    expect(body).toMatchObject({ sub_code: code });
  });

  it('is refused when it trusts another root', async () => {
    const signed = new URL(sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent: other.terms() }));
    const serial = signed.searchParams.get('app_cert_sn') ?? '';
    const request = other.request(
      QUERY,
      { out_trade_no: '1' },
      { app_cert_sn: serial, alipay_root_cert_sn: 'e'.repeat(32) },
    );
    expect((await sandbox.post(request)).body).toMatchObject({ sub_code: 'isv.invalid-alipay-root-cert-sn' });
  });
});

describe('Two applications', () => {
  it('see their own trades, and nobody else’s', async () => {
    const theirs = await opened();
    const { outTradeNo: ours } = await sandbox.openTrade();

    expect((await sandbox.call(QUERY, { out_trade_no: ours })).body).toMatchObject({ code: '10000' });
    expect((await sandbox.call(QUERY, { out_trade_no: theirs })).body).toMatchObject({
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    });
    expect(await ask(ours)).toMatchObject({ subCode: 'ACQ.TRADE_NOT_EXIST' });
  });

  it('get bills of their own', async () => {
    const { outTradeNo: ours } = await sandbox.openTrade();
    const theirs = await opened();
    await Promise.all([sandbox.pay(ours), sandbox.pay(theirs)]);
    const day = beijing(Date.now()).slice(0, 10);
    await sandbox.control('POST', `/bills/${day}`, { state: 'ready' });
    const wish = { bill_type: 'trade', bill_date: day };

    const { billDownloadUrl } = await sdk.exec(BILL, { bizContent: wish }, { validateSign: true });
    const { body } = await sandbox.call(BILL, wish);

    const [theirBill, ourBill] = await Promise.all([
      textOf(String(billDownloadUrl)),
      textOf(body['bill_download_url'] ?? ''),
    ]);
    expect([theirBill.includes(theirs), theirBill.includes(ours)]).toEqual([true, false]);
    expect([ourBill.includes(theirs), ourBill.includes(ours)]).toEqual([false, true]);
    expect(theirBill).toContain(other.sellerId);
  });
});

/** The lines of a bill: GBK, in a zip. */
async function textOf(url: string): Promise<string> {
  const { pathname, search } = new URL(url);
  const zip = await fromBufferPromise(
    Buffer.from(await (await sandbox.open(pathname + search)).arrayBuffer()),
    {
      decodeStrings: false,
    },
  );
  const texts: string[] = [];
  for await (const entry of zip.eachEntry())
    texts.push(iconv.decode(await buffer(await zip.openReadStreamPromise(entry)), 'gbk'));
  return texts.join('\n');
}
