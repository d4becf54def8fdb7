import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Merchant } from '../testing/merchant.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

const QUERY = 'alipay.trade.query';

describe('gateway.do', () => {
  let sandbox: SandboxUnderTest;
  let merchant: Merchant;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    merchant = sandbox.merchant;
  });
  afterAll(() => sandbox.stop());

  describe('checks the envelope before the letter', () => {
    it('refuses a request that was signed by somebody else, and shows what it verified', async () => {
      const stranger = new Merchant().request(QUERY, { out_trade_no: '1' });

      const reply = await sandbox.post(stranger);

      expect(reply.body).toMatchObject({
        code: '40002',
        msg: 'Invalid Arguments',
        sub_code: 'isv.invalid-signature',
      });
      expect(reply.body['sub_msg']).toContain('app_id=9021000000000001&amp;biz_content={&quot;out_trade_no');
      expect(sandbox.isSigned(reply)).toBe(true);
    });

    it('refuses a request that was changed after it was signed', async () => {
      const request = merchant.request(QUERY, { out_trade_no: '1' });

      const reply = await sandbox.post({ ...request, biz_content: '{"out_trade_no":"2"}' });

      expect(reply.body['sub_code']).toBe('isv.invalid-signature');
    });

    it('takes empty parameters for absent ones, as the signature does', async () => {
      const request = merchant.request(QUERY, { out_trade_no: 'unknown' });

      const reply = await sandbox.post({ ...request, app_auth_token: '' });

      expect(reply.body['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    });

    it('finds the parameters in the URL, in the form, or in both, as the official SDK sends them', async () => {
      const { biz_content: biz, ...inUrl } = merchant.request(QUERY, { out_trade_no: 'unknown' });

      const response = await fetch(`${sandbox.url}/gateway.do?${new URLSearchParams(inUrl).toString()}`, {
        method: 'POST',
        body: new URLSearchParams({ biz_content: biz ?? '' }),
      });

      expect(await response.text()).toContain('ACQ.TRADE_NOT_EXIST');
    });

    it.each([
      ['no method', { method: '' }, '40001', 'isv.missing-method'],
      ['no app_id', { app_id: '' }, '40001', 'isv.missing-app-id'],
      ['another app_id', { app_id: '2021999999999999' }, '40002', 'isv.invalid-app-id'],
    ])(
      'leaves the refusal of a request with %s unsigned: it knows nobody to sign for',
      async (_what, more, code, subCode) => {
        const reply = await sandbox.call(QUERY, { out_trade_no: '1' }, more);

        expect(reply.body).toMatchObject({ code, sub_code: subCode });
        expect(reply.sign).toBeUndefined();
        expect(reply.status).toBe(200);
      },
    );

    it('has no name to answer under but error_response when the method is missing', async () => {
      const reply = await sandbox.call(QUERY, {}, { method: '' });

      expect(reply.text).toMatch(/^\{"error_response":\{"code":"40001"/);
    });

    it.each([
      ['no sign_type', { sign_type: '' }, '40001', 'isv.missing-signature-type'],
      ['the old sign_type', { sign_type: 'RSA' }, '40002', 'isv.invalid-signature-type'],
      ['no timestamp', { timestamp: '' }, '40001', 'isv.missing-timestamp'],
      ['an ISO timestamp', { timestamp: '2026-11-20T09:00:00Z' }, '40002', 'isv.invalid-timestamp'],
      ['a day that is none', { timestamp: '2026-02-31 09:00:00' }, '40002', 'isv.invalid-timestamp'],
      ['no version', { version: '' }, '40001', 'isv.missing-version'],
      ['another charset', { charset: 'gbk' }, '40002', 'isv.invalid-charset'],
      ['another format', { format: 'XML' }, '40002', 'isv.invalid-format'],
      ['a method that is none', { method: 'alipay.trade.conjure' }, '40002', 'isv.invalid-method'],
      ['biz_content that is no JSON', { biz_content: '{' }, '40002', 'isv.illegal-json'],
      ['biz_content that is no object', { biz_content: '["1"]' }, '40002', 'isv.illegal-json'],
    ])('refuses %s, and signs the refusal', async (_what, more, code, subCode) => {
      const reply = await sandbox.call(QUERY, { out_trade_no: '1' }, more);

      expect(reply.body).toMatchObject({ code, sub_code: subCode });
      expect(sandbox.isSigned(reply)).toBe(true);
    });

    it('refuses a request without a signature', async () => {
      const { sign: _sign, ...unsigned } = merchant.request(QUERY, { out_trade_no: '1' });

      expect((await sandbox.post(unsigned)).body['sub_code']).toBe('isv.missing-signature');
    });
  });
});

describe('the limit of calls a second', () => {
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start({ SANDBOX_RATE_LIMIT: '10' });
  });
  afterAll(() => sandbox.stop());

  it('refuses what is above it, with Alipay’s code, signed, and counts it; buyers who open pages are not counted', async () => {
    for (let page = 0; page < 15; page += 1) await sandbox.openTrade();

    const replies = await Promise.all(
      Array.from({ length: 30 }, () => sandbox.call(QUERY, { out_trade_no: 'unknown' })),
    );

    const refused = replies.filter((reply) => reply.body['code'] === '40005');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ msg: 'Call Limited', sub_code: 'isv.app-call-limited' });
    expect(refused.every((reply) => sandbox.isSigned(reply))).toBe(true);
    expect((await sandbox.control('GET', '/stats')).body.alipayLimit).toEqual({
      [sandbox.merchant.appId]: { callsPerSecond: 10, refused: refused.length, highestInOneSecond: 10 },
    });
  });

  it('lets calls through again when the second is over', async () => {
    const query = () => sandbox.call(QUERY, { out_trade_no: 'unknown' });
    await Promise.all(Array.from({ length: 15 }, query));

    await until('a call to pass', async () => (await query()).body['code'] === '40004');
  });
});
