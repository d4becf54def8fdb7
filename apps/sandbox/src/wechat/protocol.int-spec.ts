import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { isSignedByWechat, WechatMerchantUnderTest, type RequestChanges } from './testing/merchant.js';
import { readKey, startWechatSandbox } from './testing/wechat-sandbox.js';

const NATIVE = '/v3/pay/transactions/native';

interface SignError {
  readonly code: string;
  readonly detail: { readonly sign_information: { readonly truncated_sign_message: string } };
}

describe('the protocol of APIv3', () => {
  const merchant = new WechatMerchantUnderTest();
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await startWechatSandbox([merchant]);
  });
  afterAll(() => sandbox.stop());

  const queryPath = (outTradeNo: string) =>
    `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${merchant.mchid}`;
  const refused = async (changes: RequestChanges) =>
    merchant.call<SignError>('POST', NATIVE, merchant.terms(), changes);

  it.each<[string, RequestChanges]>([
    ['no Authorization', { authorization: null }],
    ['another scheme', { authorization: 'Bearer x' }],
    ['a claim that is missing', { authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001"' }],
    ['an unknown merchant', { mchid: '1900009999' }],
    ['a serial number of another certificate', { serialNo: '00' }],
    ['a clock that is six minutes behind', { timestamp: Math.floor(Date.now() / 1000) - 360 }],
    ['a clock that is six minutes ahead', { timestamp: Math.floor(Date.now() / 1000) + 360 }],
    ['a signature over another body', { signedBody: '{}' }],
  ])('refuses %s, without a signature of its own', async (_what, changes) => {
    const reply = await refused(changes);
    expect([reply.status, reply.body.code]).toEqual([401, 'SIGN_ERROR']);
    expect(reply.headers.get('wechatpay-signature')).toBeNull();
  });

  it('tells what it has verified when a signature does not fit', async () => {
    const { body } = await refused({ signedBody: 'x' });
    expect(body.detail).toMatchObject({ field: 'signature', location: 'authorization' });
    const shown = body.detail.sign_information.truncated_sign_message;
    expect(shown).toMatch(/^POST\n\/v3\/pay\/transactions\/native\n\d{10}\n[0-9a-f]{32}\n\{"appid"\n$/);
  });

  it('verifies the bytes that came, not what they mean', async () => {
    const terms = merchant.terms({ description: '充值 / ¥50 \\ "é"' });
    const spaced = JSON.stringify(terms, null, 3);
    expect((await merchant.call('POST', NATIVE, spaced)).status).toBe(200);
    const compact = await merchant.call('POST', NATIVE, spaced, { signedBody: JSON.stringify(terms) });
    expect(compact.status).toBe(401);
  });

  it('signs with the public key for who asks for it, else with the platform certificate; refusals and 204 alike', async () => {
    const publicKey = await readKey(sandbox, 'wechatpay-public-key.pem');
    const id = (await readKey(sandbox, 'wechatpay-public-key-id.txt')).trim();
    const certificate = new X509Certificate(await readKey(sandbox, 'wechatpay-platform-cert.pem'));
    expect(id).toMatch(/^PUB_KEY_ID_0\d+$/);

    const terms = merchant.terms();
    const byKey = await merchant.call('POST', NATIVE, terms, { headers: { 'wechatpay-serial': id } });
    expect(byKey.headers.get('wechatpay-serial')).toBe(id);
    expect(isSignedByWechat(byKey.headers, byKey.text, publicKey)).toBe(true);
    expect(isSignedByWechat(byKey.headers, byKey.text, certificate.publicKey)).toBe(false);

    const unknown = await merchant.call('GET', queryPath('NOSUCHORDER'));
    expect([unknown.status, unknown.headers.get('wechatpay-serial')]).toEqual([
      404,
      certificate.serialNumber,
    ]);
    expect(isSignedByWechat(unknown.headers, unknown.text, certificate.publicKey)).toBe(true);

    const closePath = `/v3/pay/transactions/out-trade-no/${terms.out_trade_no}/close`;
    const closed = await merchant.call('POST', closePath, { mchid: merchant.mchid });
    expect([closed.status, isSignedByWechat(closed.headers, '', certificate.publicKey)]).toEqual([204, true]);

    const foreign = await merchant.call('GET', queryPath('NOSUCHORDER'), undefined, {
      headers: { 'wechatpay-serial': 'PUB_KEY_ID_0999' },
    });
    expect([foreign.status, foreign.body['code']]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('hands out the platform certificates encrypted, and a second one after a rotation', async () => {
    interface Certificates {
      readonly data: readonly {
        readonly serial_no: string;
        readonly encrypt_certificate: { nonce: string; associated_data: string; ciphertext: string };
      }[];
    }
    const download = async () => {
      const { body } = await merchant.call<Certificates>('GET', '/v3/certificates');
      return body.data.map((entry) => {
        const certificate = new X509Certificate(merchant.decrypt(entry.encrypt_certificate));
        expect(certificate.serialNumber).toBe(entry.serial_no);
        return certificate;
      });
    };
    expect(await download()).toHaveLength(1);
    expect((await sandbox.control('POST', '/wechat/rotate')).status).toBe(200);
    const [, second] = await download();
    const reply = await merchant.call('GET', queryPath('NOSUCHORDER'));
    expect(reply.headers.get('wechatpay-serial')).toBe(second?.serialNumber);
    expect(second && isSignedByWechat(reply.headers, reply.text, second.publicKey)).toBe(true);
  });

  it('keeps its private keys to itself', async () => {
    for (const name of ['wechatpay-private-key.pem', 'wechatpay-platform-private-key.pem']) {
      expect((await stat(join(sandbox.dataDir, 'keys', name))).mode & 0o777).toBe(0o600);
    }
  });

  it('answers what is no JSON object in its own words', async () => {
    for (const body of ['{"appid":', '[]', '']) {
      const reply = await merchant.call('POST', NATIVE, body);
      expect([body, reply.status, reply.body['code']]).toEqual([body, 400, 'PARAM_ERROR']);
    }
  });
});

describe('trouble with WeChat Pay', () => {
  const merchant = new WechatMerchantUnderTest();
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await startWechatSandbox([merchant], { SANDBOX_RATE_LIMIT: '30' });
  });
  afterAll(() => sandbox.stop());

  const order = (outTradeNo: string, fault: string) =>
    sandbox.control('POST', `/trades/${outTradeNo}/faults`, { faults: { [fault]: 1 } });
  const known = async (outTradeNo: string) => (await sandbox.control('GET', `/trades/${outTradeNo}`)).status;

  it('serverError and unsignedError do nothing', async () => {
    for (const [fault, status] of [
      ['serverError', 502],
      ['unsignedError', 500],
    ] as const) {
      const terms = merchant.terms();
      await order(terms.out_trade_no, fault);
      const reply = await merchant.call('POST', NATIVE, terms);
      expect([reply.status, reply.headers.get('wechatpay-signature')]).toEqual([status, null]);
      expect(await known(terms.out_trade_no)).toBe(404);
      expect((await merchant.call('POST', NATIVE, terms)).status).toBe(200);
    }
  });

  it('systemError and tamperedReply do the work', async () => {
    const certificate = new X509Certificate(await readKey(sandbox, 'wechatpay-platform-cert.pem'));
    const failed = merchant.terms();
    await order(failed.out_trade_no, 'systemError');
    const reply = await merchant.call('POST', NATIVE, failed);
    expect([reply.status, reply.body['code']]).toEqual([500, 'SYSTEM_ERROR']);
    expect(isSignedByWechat(reply.headers, reply.text, certificate.publicKey)).toBe(true);
    expect(await known(failed.out_trade_no)).toBe(200);

    const tampered = merchant.terms();
    await order(tampered.out_trade_no, 'tamperedReply');
    const changed = await merchant.call('POST', NATIVE, tampered);
    expect([changed.status, isSignedByWechat(changed.headers, changed.text, certificate.publicKey)]).toEqual([
      200,
      false,
    ]);
    expect(await known(tampered.out_trade_no)).toBe(200);
  });

  it('timeoutAfterWork does the work and never answers', async () => {
    const terms = merchant.terms();
    await order(terms.out_trade_no, 'timeoutAfterWork');
    let answered = false;
    const hanging = merchant
      .call('POST', NATIVE, terms)
      .then(() => (answered = true))
      .catch(() => undefined);
    await sandbox.untilStatus(terms.out_trade_no, 'WAITING');
    const path = `/v3/pay/transactions/out-trade-no/${terms.out_trade_no}?mchid=${merchant.mchid}`;
    expect((await merchant.call('GET', path)).status).toBe(200);
    expect(answered).toBe(false);
    void hanging;
  });

  it('wrongAmount is reported, and paidAfterClose takes money for a closed order', async () => {
    const terms = merchant.terms();
    const path = `/v3/pay/transactions/out-trade-no/${terms.out_trade_no}`;
    await merchant.call('POST', NATIVE, terms);
    await sandbox.control('POST', `/trades/${terms.out_trade_no}/faults`, {
      faults: { paidAfterClose: 1 },
    });
    await merchant.call('POST', `${path}/close`, { mchid: merchant.mchid });
    await sandbox.pay(terms.out_trade_no, { amount: '49.99' });
    const { body } = await merchant.call('GET', `${path}?mchid=${merchant.mchid}`);
    expect(body).toMatchObject({ trade_state: 'SUCCESS', amount: { total: 4999 } });
  });

  it('refuses calls above the limit with 429, signed, and does nothing for them', async () => {
    const terms = Array.from({ length: 45 }, () => merchant.terms());
    const replies = await Promise.all(terms.map((body) => merchant.call('POST', NATIVE, body)));
    const limited = replies.filter((reply) => reply.status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(10);
    expect(limited[0]?.body).toMatchObject({ code: 'FREQUENCY_LIMITED' });
    expect(limited[0]?.headers.get('wechatpay-signature')).not.toBeNull();
    const at = replies.findIndex((reply) => reply.status === 429);
    expect(await known(terms[at]?.out_trade_no ?? '')).toBe(404);
  });
});
