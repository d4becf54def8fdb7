import { createVerify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PrepayRequest } from '../payment-channel.js';
import { SmallWechat } from './testing/small-wechat.js';
import { WechatChannel } from './wechat-channel.js';

let wechat: SmallWechat;
let channel: WechatChannel;

beforeAll(async () => {
  wechat = await SmallWechat.listen();
  channel = new WechatChannel(wechat.settings());
});
afterAll(() => wechat.close());

const NUMBER = '1234567890123456789';
const request = (more: Partial<PrepayRequest> = {}): PrepayRequest => ({
  outTradeNo: NUMBER,
  method: 'native',
  amount: 50_010_000n,
  subject: 'Clearbid recharge',
  expiresAt: new Date('2026-11-20T16:03:05.678Z'),
  notifyUrl: 'https://pay.example.com/v1/notify/wechat',
  returnUrl: 'https://pay.example.com/recharges/7?a=1&b=2',
  ...more,
});
const answered = (body: object) => {
  wechat.desk = () => ({ status: 200, body });
};

describe('a prepay', () => {
  it('by native asks for exact fen, with its own end in Beijing, and gives a code', async () => {
    answered({ code_url: 'weixin://wxpay/bizpayurl?pr=abc' });
    expect(await channel.prepay(request())).toEqual({
      payUrl: null,
      codeUrl: 'weixin://wxpay/bizpayurl?pr=abc',
      jsapiParameters: null,
    });
    expect(wechat.calls.at(-1)?.url.pathname).toBe('/v3/pay/transactions/native');
    expect(wechat.calls.at(-1)?.body).toEqual({
      appid: wechat.appid,
      mchid: wechat.mchid,
      description: 'Clearbid recharge',
      out_trade_no: NUMBER,
      time_expire: '2026-11-21T00:03:05+08:00',
      notify_url: 'https://pay.example.com/v1/notify/wechat',
      amount: { total: 5_001, currency: 'CNY' },
    });
  });

  it('by h5 names the buyer, and leads back to our page', async () => {
    answered({ h5_url: 'https://wx.tenpay.com/checkmweb?prepay_id=wx1&package=2' });
    const { payUrl } = await channel.prepay(request({ method: 'h5', payerAddress: '203.0.113.7' }));
    expect(wechat.calls.at(-1)?.body).toMatchObject({
      scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } },
    });
    const url = new URL(payUrl ?? '');
    expect(url.searchParams.get('prepay_id')).toBe('wx1');
    expect(url.searchParams.get('redirect_url')).toBe('https://pay.example.com/recharges/7?a=1&b=2');
  });

  it('by jsapi gives what the buyer hands to WeChat, signed by the merchant', async () => {
    answered({ prepay_id: 'wx201410272009395522657a690389285100' });
    const { jsapiParameters } = await channel.prepay(request({ method: 'jsapi', payerOpenId: 'oUpF8' }));
    expect(wechat.calls.at(-1)?.body).toMatchObject({ payer: { openid: 'oUpF8' } });
    const { appId, timeStamp, nonceStr, package: packed, signType, paySign = '' } = jsapiParameters ?? {};
    expect([appId, packed, signType]).toEqual([
      wechat.appid,
      'prepay_id=wx201410272009395522657a690389285100',
      'RSA',
    ]);
    const signed = `${appId}\n${timeStamp}\n${nonceStr}\n${packed}\n`;
    const verify = createVerify('RSA-SHA256').update(signed);
    expect(verify.verify(wechat.merchant.publicPem, paySign, 'base64')).toBe(true);
  });

  it('cuts a long subject to 127 bytes between two characters', async () => {
    answered({ code_url: 'weixin://x' });
    await channel.prepay(request({ subject: '充'.repeat(60) }));
    expect(wechat.calls.at(-1)?.body['description']).toBe('充'.repeat(42));
  });

  it.each<[string, Partial<PrepayRequest>, RegExp]>([
    ['jsapi without an openid', { method: 'jsapi' }, /openid/],
    ["h5 without the buyer's address", { method: 'h5' }, /IP address/],
    ["another channel's method", { method: 'wap' }, /no payment by wap/],
    ['a fraction of a fen', { amount: 50_000_001n }, /fen/],
  ])('refuses %s before it calls', async (_what, more, message) => {
    const calls = wechat.calls.length;
    const prepay = channel.prepay(request(more));
    await expect(prepay).rejects.toThrow(message);
    await expect(prepay).rejects.toMatchObject({ kind: 'REFUSED' });
    expect(wechat.calls).toHaveLength(calls);
  });

  it.each([
    ['no code', 'native', {}],
    ['an empty code', 'native', { code_url: '' }],
    ['a page that no browser should open', 'h5', { h5_url: 'javascript:alert(1)' }],
  ] as const)('has no credential where the answer has %s', async (_what, method, body) => {
    answered(body);
    const prepay = channel.prepay(request({ method, payerAddress: '203.0.113.7' }));
    await expect(prepay).rejects.toMatchObject({ kind: 'UNKNOWN', channelCode: 'MALFORMED_REPLY' });
  });
});

describe('a trade', () => {
  const paid = {
    transaction_id: '42',
    success_time: '2026-11-20T11:03:05+08:00',
    amount: { total: 5_000, payer_total: 1 },
  };

  it.each([
    ['NOTPAY', 'WAITING'],
    ['USERPAYING', 'WAITING'],
    ['PAYERROR', 'WAITING'],
    ['ACCEPT', 'WAITING'],
    ['CLOSED', 'CLOSED'],
    ['REVOKED', 'CLOSED'],
    ['SUCCESS', 'PAID'],
    // Given back later, in part or whole: the payment itself was made.
    ['REFUND', 'PAID'],
  ])('that is %s there is %s here', async (tradeState, state) => {
    answered({ mchid: wechat.mchid, out_trade_no: NUMBER, trade_state: tradeState, ...paid });
    expect((await channel.query(NUMBER)).state).toBe(state);
  });

  it('that was paid is paid with what the buyer was asked for, given back later or not', async () => {
    for (const tradeState of ['SUCCESS', 'REFUND']) {
      answered({ mchid: wechat.mchid, out_trade_no: NUMBER, trade_state: tradeState, ...paid });
      expect(await channel.query(NUMBER)).toEqual({
        state: 'PAID',
        channelTradeNo: '42',
        amount: 50_000_000n,
        paidAt: new Date('2026-11-20T03:03:05Z'),
      });
    }
  });

  it.each(['ORDER_NOT_EXIST', 'ORDERNOTEXIST'])('that is unknown there (%s) is not found', async (code) => {
    wechat.desk = () => ({ status: 404, body: { code } });
    expect(await channel.query(NUMBER)).toEqual({ state: 'NOT_FOUND' });
    expect(await channel.close(NUMBER)).toEqual({ state: 'NOT_FOUND' });
  });

  it.each(['ORDERPAID', 'ORDER_CLOSED', 'INVALID_REQUEST'])(
    'whose closing is refused (%s) is asked for: a buyer who was faster wins (mistake 1)',
    async (code) => {
      wechat.desk = ({ method }) =>
        method === 'POST'
          ? { status: 400, body: { code } }
          : {
              status: 200,
              body: { mchid: wechat.mchid, out_trade_no: NUMBER, trade_state: 'SUCCESS', ...paid },
            };
      expect(await channel.close(NUMBER)).toMatchObject({ state: 'PAID', amount: 50_000_000n });
    },
  );

  it('whose closing has an unknown outcome is not taken for closed', async () => {
    wechat.desk = () => ({ status: 500, body: { code: 'SYSTEM_ERROR' } });
    await expect(channel.close(NUMBER)).rejects.toMatchObject({ kind: 'UNKNOWN', backOff: true });
  });
});
