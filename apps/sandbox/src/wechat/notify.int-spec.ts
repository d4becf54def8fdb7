import { X509Certificate, type KeyObject } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';
import { isSignedByWechat, WechatMerchantUnderTest } from './testing/merchant.js';
import {
  readKey,
  startWechatSandbox,
  WechatNotifyReceiver,
  type ReceivedWechatNotify,
} from './testing/wechat-sandbox.js';

const NATIVE = '/v3/pay/transactions/native';
/** The documented waits, in seconds. */
const LADDER = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];

describe('notifies of WeChat Pay', () => {
  const merchant = new WechatMerchantUnderTest();
  let sandbox: SandboxUnderTest;
  let door: WechatNotifyReceiver;
  let certificateKey: KeyObject;

  beforeAll(async () => {
    door = await WechatNotifyReceiver.listen();
    sandbox = await startWechatSandbox([merchant], { SANDBOX_TIME_SCALE: '100000' });
    certificateKey = new X509Certificate(await readKey(sandbox, 'wechatpay-platform-cert.pem')).publicKey;
  });
  afterEach(() => {
    door.received.length = 0;
    door.answer = () => 204;
  });
  afterAll(async () => {
    await sandbox.stop();
    await door.close();
  });

  const prepay = async (headers: Record<string, string> = {}) => {
    const terms = merchant.terms({ notify_url: door.url });
    expect((await merchant.call('POST', NATIVE, terms, { headers })).status).toBe(200);
    return terms.out_trade_no;
  };
  const first = () => until('a notify', () => door.received[0]);
  const resourceOf = (notify: ReceivedWechatNotify) =>
    JSON.parse(merchant.decrypt(notify.body.resource)) as Record<string, unknown>;
  const send = async (outTradeNo: string, body: Record<string, unknown>) => {
    door.received.length = 0;
    const { status } = await sandbox.control('POST', `/trades/${outTradeNo}/notifies`, body);
    expect(status).toBe(200);
    return first();
  };

  it('tell of a payment: signed, encrypted for the merchant, confirmed by 200 or 204', async () => {
    const outTradeNo = await prepay();
    await sandbox.pay(outTradeNo);
    const notify = await first();

    expect(isSignedByWechat(notify.headers, notify.text, certificateKey)).toBe(true);
    expect(notify.body).toMatchObject({
      id: expect.stringMatching(/^EV-\d{26}$/),
      event_type: 'TRANSACTION.SUCCESS',
      resource_type: 'encrypt-resource',
      resource: {
        original_type: 'transaction',
        algorithm: 'AEAD_AES_256_GCM',
        associated_data: 'transaction',
      },
    });
    expect(resourceOf(notify)).toMatchObject({
      out_trade_no: outTradeNo,
      trade_state: 'SUCCESS',
      mchid: merchant.mchid,
      amount: { total: 5000 },
    });
    const truth = await until('its confirmation', async () => {
      const [sent] = (await sandbox.truth(outTradeNo)).notifies;
      return sent?.state === 'DELIVERED' && sent;
    });
    expect(truth.deliveries).toHaveLength(1);
  });

  it('come again on the documented ladder until it ends', async () => {
    const spec = await startWechatSandbox([merchant], { SANDBOX_TIME_SCALE: '50000' });
    try {
      door.answer = () => 500;
      const outTradeNo = await prepay();
      await spec.pay(outTradeNo);
      const exhausted = await until('the end of the ladder', async () => {
        const [sent] = (await spec.truth(outTradeNo)).notifies;
        return sent?.state === 'EXHAUSTED' && sent;
      });
      expect(exhausted.deliveries).toHaveLength(16);
      const waits = door.received.slice(1).map(({ at }, index) => at - (door.received[index]?.at ?? 0));
      waits.forEach((wait, index) => expect(wait).toBeGreaterThanOrEqual((LADDER[index] ?? 0) / 50 - 2));
      expect(new Set(door.received.map(({ body }) => body.id)).size).toBe(1);
    } finally {
      await spec.stop();
      merchant.baseUrl = sandbox.url;
    }
  });

  it('are signed with the kind of key that the merchant verifies with, or as told', async () => {
    const id = (await readKey(sandbox, 'wechatpay-public-key-id.txt')).trim();
    const publicKey = await readKey(sandbox, 'wechatpay-public-key.pem');
    const outTradeNo = await prepay({ 'wechatpay-serial': id });
    await sandbox.pay(outTradeNo, { notify: 'never' });

    const followed = await send(outTradeNo, {});
    expect(followed.headers.get('wechatpay-serial')).toBe(id);
    expect(isSignedByWechat(followed.headers, followed.text, publicKey)).toBe(true);

    await sandbox.control('POST', '/wechat/signing', { notifies: 'both' });
    const serials = new Set<string | null>();
    for (let time = 0; time < 4; time += 1) {
      serials.add((await send(outTradeNo, {})).headers.get('wechatpay-serial'));
    }
    expect(serials).toEqual(new Set([id, await certificateSerial()]));
    await sandbox.control('POST', '/wechat/signing', { notifies: 'follow' });
  });

  const certificateSerial = async () =>
    new X509Certificate(await readKey(sandbox, 'wechatpay-platform-cert.pem')).serialNumber;

  it('carry other fields, and wrong or missing signatures, on demand', async () => {
    const outTradeNo = await prepay();
    await sandbox.pay(outTradeNo, { notify: 'never' });

    const changed = await send(outTradeNo, {
      fields: { 'amount.total': '1', mchid: '1', trade_state: 'CLOSED' },
    });
    expect(isSignedByWechat(changed.headers, changed.text, certificateKey)).toBe(true);
    expect(resourceOf(changed)).toMatchObject({ mchid: '1', trade_state: 'CLOSED', amount: { total: 1 } });

    const wrong = await send(outTradeNo, { signature: 'wrong' });
    expect(isSignedByWechat(wrong.headers, wrong.text, certificateKey)).toBe(false);
    const missing = await send(outTradeNo, { signature: 'missing' });
    expect(missing.headers.get('wechatpay-signature')).toBeNull();
  });

  it('are tampered with so that only the signature gives it away', async () => {
    const outTradeNo = await prepay();
    await sandbox.pay(outTradeNo, { notify: 'tampered' });
    const notify = await first();
    expect(isSignedByWechat(notify.headers, notify.text, certificateKey)).toBe(false);
    expect(resourceOf(notify)).toMatchObject({ out_trade_no: outTradeNo, amount: { total: 5000 } });
  });

  it('are malformed on demand, each in one way only', async () => {
    const outTradeNo = await prepay();
    await sandbox.pay(outTradeNo, { notify: 'never' });
    const signed = (notify: ReceivedWechatNotify) =>
      isSignedByWechat(notify.headers, notify.text, certificateKey);

    for (const how of ['truncated-ciphertext', 'short-nonce', 'bad-base64', 'wrong-key']) {
      const notify = await send(outTradeNo, { malform: how });
      expect([how, signed(notify)]).toEqual([how, true]);
      expect(() => resourceOf(notify)).toThrow(/authenticat/);
    }
    const huge = await send(outTradeNo, { malform: 'huge' });
    expect([huge.text.length > 1024 * 1024, signed(huge)]).toEqual([true, true]);
    const stale = await send(outTradeNo, { malform: 'stale' });
    const age = Date.now() / 1000 - Number(stale.headers.get('wechatpay-timestamp'));
    expect([age > 300, signed(stale)]).toEqual([true, true]);
    const probe = await send(outTradeNo, { malform: 'sign-test' });
    expect(probe.headers.get('wechatpay-signature')).toMatch(/^WECHATPAY\/SIGNTEST\//);
    const unknown = await send(outTradeNo, { malform: 'unknown-serial' });
    expect(unknown.headers.get('wechatpay-serial')).not.toBe(await certificateSerial());
  });
});
