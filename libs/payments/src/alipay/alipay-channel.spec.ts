import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChannelError } from '../channel-error.js';
import type { PrepayRequest } from '../payment-channel.js';
import { BadKeyError } from '../rsa-key.js';
import { SmallAlipay } from '../testing/small-alipay.js';
import { AlipayChannel } from './alipay-channel.js';

const QUERY = 'alipay.trade.query';
const CLOSE = 'alipay.trade.close';
const PRECREATE = 'alipay.trade.precreate';
const OUT_TRADE_NO = '1234567890123456789';

const ok = (more: object) => ({ code: '10000', msg: 'Success', out_trade_no: OUT_TRADE_NO, ...more });
const failed = (subCode: string) => ({
  code: '40004',
  msg: 'Business Failed',
  sub_code: subCode,
  sub_msg: '交易不存在 / 已关闭',
});
const PAID = ok({
  trade_no: '2026112022001400000000000001',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '50.00',
  send_pay_date: '2026-11-20 11:04:05',
  store_name: '杭州/西湖 "一号"店 {}',
});
const PAID_TRADE = {
  state: 'PAID',
  channelTradeNo: '2026112022001400000000000001',
  amount: 50_000_000n,
  paidAt: new Date('2026-11-20T03:04:05Z'),
};

let alipay: SmallAlipay;
let channel: AlipayChannel;

beforeAll(async () => {
  alipay = await SmallAlipay.listen();
  channel = new AlipayChannel(alipay.settings());
});
afterAll(() => alipay.close());

/** The last call that Alipay got. */
function lastCall(): Readonly<Record<string, string>> {
  const call = alipay.calls.at(-1);
  if (!call) throw new Error('Alipay was not called');
  return call;
}

const methodsCalledBy = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = alipay.calls.length;
  await work().catch(() => undefined);
  return alipay.calls.slice(before).map((call) => call['method'] ?? '');
};

/** What the channel promises of every failure: a `ChannelError` and nothing else. */
async function failureOf(work: Promise<unknown>): Promise<Pick<ChannelError, 'kind' | 'channelCode'>> {
  try {
    await work;
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    return { kind: error.kind, channelCode: error.channelCode };
  }
  throw new Error('It did not fail');
}

describe('asking about a trade', () => {
  it('believes a reply that Alipay signed, over the very bytes that came', async () => {
    alipay.reply(QUERY, PAID);
    expect(await channel.query(OUT_TRADE_NO)).toEqual(PAID_TRADE);
  });

  it.each([
    ['WAIT_BUYER_PAY', 'WAITING'],
    ['TRADE_CLOSED', 'CLOSED'],
    ['TRADE_FINISHED', 'PAID'],
  ])('hears %s as %s', async (tradeStatus, state) => {
    alipay.reply(QUERY, { ...PAID, trade_status: tradeStatus });
    expect(await channel.query(OUT_TRADE_NO)).toMatchObject({ state });
  });

  it('hears of a trade that Alipay does not know as NOT_FOUND', async () => {
    alipay.reply(QUERY, failed('ACQ.TRADE_NOT_EXIST'));
    expect(await channel.query(OUT_TRADE_NO)).toEqual({ state: 'NOT_FOUND' });
  });

  it.each([
    ['ACQ.SYSTEM_ERROR', 'UNKNOWN'],
    ['ACQ.INVALID_PARAMETER', 'REFUSED'],
    ['isp.call-limited', 'NOT_DONE'],
    ['ACQ.SOMETHING_NEW', 'UNKNOWN'],
  ])('rejects after %s with %s', async (channelCode, kind) => {
    alipay.reply(QUERY, failed(channelCode));
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual({ kind, channelCode });
  });

  it('signs with our application key and tells the time of Beijing, wherever this machine is', async () => {
    alipay.reply(QUERY, PAID);
    const before = Date.now();
    await channel.query(OUT_TRADE_NO);

    const call = lastCall();
    expect(alipay.isSignedByApplication(call)).toBe(true);
    expect(call).toMatchObject({
      app_id: alipay.appId,
      method: QUERY,
      charset: 'utf-8',
      sign_type: 'RSA2',
      version: '1.0',
      biz_content: JSON.stringify({ out_trade_no: OUT_TRADE_NO }),
    });
    const possible = [before, Date.now()].map((at) =>
      new Date(at).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }),
    );
    expect(possible).toContain(call['timestamp']);
  });
});

describe("a reply that is not provably Alipay's is as good as none", () => {
  const UNTRUSTED = { kind: 'UNTRUSTED', channelCode: 'UNVERIFIED_REPLY' };
  const nameOf = () => alipay.nameOf(QUERY);
  const inner = () => alipay.serialised(PAID);
  const forged = () => alipay.serialised({ ...PAID, total_amount: '5000.00' });

  it('when it was changed on the way', async () => {
    alipay.answerText(QUERY, alipay.signedReply(QUERY, PAID).replace('50.00', '5000.00'));
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNTRUSTED);
  });

  it('when another key signed it', async () => {
    const stranger = await SmallAlipay.listen();
    await stranger.close();
    alipay.answerText(QUERY, stranger.signedReply(QUERY, PAID));
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNTRUSTED);
  });

  it('when it has no signature, be it a success or an error', async () => {
    alipay.answerText(QUERY, `{"${nameOf()}":${inner()}}`);
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNTRUSTED);

    alipay.answerText(QUERY, `{"error_response":${alipay.serialised(failed('isv.invalid-app-id'))}}`);
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNTRUSTED);
  });

  it('but says what an unsigned error claims, since that is how a wrong set-up shows', async () => {
    alipay.answerText(QUERY, `{"error_response":${alipay.serialised(failed('isv.invalid-app-id'))}}`);
    await expect(channel.query(OUT_TRADE_NO)).rejects.toThrow('isv.invalid-app-id');
  });

  it.each([
    ['an empty one', '""'],
    ['null', 'null'],
    ['a number', '7'],
    ['an object', '{}'],
    ['no base64', '"!!"'],
  ])('when its signature is %s', async (_what, sign) => {
    alipay.answerText(QUERY, `{"${nameOf()}":${inner()},"sign":${sign}}`);
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNTRUSTED);
  });

  it.each([
    [
      'follows the signed one',
      () => `{"${nameOf()}":${inner()},"sign":"${alipay.sign(inner())}","${nameOf()}":${forged()}}`,
    ],
    [
      'comes before it',
      () => `{"${nameOf()}":${forged()},"x":{"${nameOf()}":${inner()}},"sign":"${alipay.sign(inner())}"}`,
    ],
    [
      'is an error around it',
      () =>
        `{"error_response":${alipay.serialised(failed('ACQ.TRADE_NOT_EXIST'))},"x":{"${nameOf()}":${inner()}},"sign":"${alipay.sign(inner())}"}`,
    ],
  ])('when a forged answer %s', async (_where, text) => {
    alipay.answerText(QUERY, text());
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNTRUSTED);
  });

  it('when it is a true reply to another question', async () => {
    alipay.reply(QUERY, { ...PAID, out_trade_no: '1234567890123456788' });
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual({
      kind: 'UNTRUSTED',
      channelCode: 'OTHER_TRADE',
    });
  });

  it('when closing or opening a trade, as when asking', async () => {
    for (const [method, work] of [
      [CLOSE, () => channel.close(OUT_TRADE_NO)],
      [PRECREATE, () => channel.prepay(request({ method: 'qr' }))],
    ] as const) {
      alipay.answerText(
        method,
        alipay.signedReply(method, ok({ qr_code: 'x' })).replace('Success', 'success'),
      );
      expect([method, await failureOf(work())]).toEqual([method, UNTRUSTED]);
    }
  });
});

describe('no answer leaves the outcome UNKNOWN', () => {
  const UNKNOWN = { kind: 'UNKNOWN', channelCode: 'NO_ANSWER' };

  it.each([500, 502, 503, 504])('after HTTP %d', async (status) => {
    alipay.answerText(QUERY, '<html>Bad Gateway</html>', status);
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNKNOWN);
  });

  it.each([
    ['no JSON', '<html>Welcome to the hotel wifi</html>'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['half of a reply', '{"alipay_trade_query_response":{"code":"10000"'],
    ['a reply under another name', '{"alipay_trade_close_response":{"code":"10000"},"sign":"x"}'],
    ['a reply without an object', '{"alipay_trade_query_response":null,"sign":"x"}'],
  ])('after %s', async (_what, text) => {
    alipay.answerText(QUERY, text);
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNKNOWN);
  });

  it('after a connection that was closed without a word, and one that broke in the middle', async () => {
    alipay.on(QUERY, (_call, response) => response.destroy());
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNKNOWN);

    alipay.on(QUERY, (_call, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"alipay_trade_query_response":', () => response.destroy());
    });
    expect(await failureOf(channel.query(OUT_TRADE_NO))).toEqual(UNKNOWN);
  });

  it('after a time-out', async () => {
    alipay.on(QUERY, () => undefined);
    const impatient = new AlipayChannel(alipay.settings({ timeoutMs: 50 }));
    expect(await failureOf(impatient.query(OUT_TRADE_NO))).toEqual(UNKNOWN);
  });

  it('when nobody listens there at all', async () => {
    const gone = await SmallAlipay.listen();
    const toNobody = new AlipayChannel(gone.settings());
    await gone.close();
    expect(await failureOf(toNobody.query(OUT_TRADE_NO))).toEqual(UNKNOWN);
  });
});

describe('closing a trade', () => {
  it('says CLOSED when Alipay has closed it, without asking again', async () => {
    alipay.reply(CLOSE, ok({ trade_no: '2026112022001400000000000001' }));
    expect(await channel.close(OUT_TRADE_NO)).toEqual({ state: 'CLOSED' });
    expect(await methodsCalledBy(() => channel.close(OUT_TRADE_NO))).toEqual([CLOSE]);
  });

  it.each([
    'ACQ.TRADE_STATUS_ERROR',
    'ACQ.REASON_TRADE_STATUS_INVALID',
    'ACQ.TRADE_HAS_SUCCESS',
    'ACQ.TRADE_HAS_FINISHED',
  ])('of one that was paid meanwhile asks (%s), and says PAID: the buyer was faster', async (code) => {
    alipay.reply(CLOSE, failed(code));
    alipay.reply(QUERY, PAID);
    expect(await channel.close(OUT_TRADE_NO)).toEqual(PAID_TRADE);
    expect(await methodsCalledBy(() => channel.close(OUT_TRADE_NO))).toEqual([CLOSE, QUERY]);
  });

  it('of one that was closed before says CLOSED, because it asked', async () => {
    alipay.reply(CLOSE, failed('ACQ.TRADE_HAS_CLOSE'));
    alipay.reply(QUERY, { ...PAID, trade_status: 'TRADE_CLOSED' });
    expect(await channel.close(OUT_TRADE_NO)).toEqual({ state: 'CLOSED' });
  });

  it('of one that nobody has scanned says NOT_FOUND, which is no promise', async () => {
    alipay.reply(CLOSE, failed('ACQ.TRADE_NOT_EXIST'));
    expect(await channel.close(OUT_TRADE_NO)).toEqual({ state: 'NOT_FOUND' });
  });

  it('is UNKNOWN after a system error, and does not take what it sees next for the outcome', async () => {
    alipay.reply(CLOSE, failed('ACQ.SYSTEM_ERROR'));
    expect(await failureOf(channel.close(OUT_TRADE_NO))).toEqual({
      kind: 'UNKNOWN',
      channelCode: 'ACQ.SYSTEM_ERROR',
    });
    expect(await methodsCalledBy(() => channel.close(OUT_TRADE_NO))).toEqual([CLOSE]);
  });
});

describe('opening a trade', () => {
  it.each([
    ['page', 'alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'],
    ['wap', 'alipay.trade.wap.pay', 'QUICK_WAP_WAY'],
  ] as const)('by %s signs a URL and calls nobody', async (method, alipayMethod, productCode) => {
    const calls = alipay.calls.length;
    const credential = await channel.prepay(request({ method, subject: '充值 50% + "x" & <y>' }));

    expect(credential.codeUrl).toBeNull();
    expect(alipay.calls).toHaveLength(calls);
    const url = new URL(credential.payUrl ?? '');
    expect(`${url.origin}${url.pathname}`).toBe(alipay.settings().gatewayUrl);
    const fields = Object.fromEntries(url.searchParams);
    expect(alipay.isSignedByApplication(fields)).toBe(true);
    expect(fields).toMatchObject({
      method: alipayMethod,
      notify_url: 'http://merchant.test/v1/notify/alipay?a=1&b=2',
      return_url: 'http://merchant.test/recharges/7',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(JSON.parse(fields['biz_content'] ?? '')).toEqual({
      out_trade_no: OUT_TRADE_NO,
      total_amount: '50.00',
      subject: '充值 50% + "x" & <y>',
      time_expire: '2026-11-20 11:34:05',
      product_code: productCode,
    });
  });

  it('by QR code asks Alipay for the code', async () => {
    alipay.reply(PRECREATE, ok({ qr_code: 'https://qr.alipay.com/bax00001' }));
    expect(await channel.prepay(request({ method: 'qr' }))).toEqual({
      payUrl: null,
      jsapiParameters: null,
      codeUrl: 'https://qr.alipay.com/bax00001',
    });
    expect(alipay.isSignedByApplication(lastCall())).toBe(true);
    expect(lastCall()).toMatchObject({ notify_url: 'http://merchant.test/v1/notify/alipay?a=1&b=2' });
  });

  it('by QR code is UNKNOWN when the answer has no code', async () => {
    alipay.reply(PRECREATE, ok({}));
    expect(await failureOf(channel.prepay(request({ method: 'qr' })))).toEqual({
      kind: 'UNKNOWN',
      channelCode: 'MALFORMED_REPLY',
    });
  });

  it('writes the amount to the fen, however large', async () => {
    for (const [amount, text] of [
      [10_000n, '0.01'],
      [100_000_000_000_000n, '100000000.00'],
    ] as const) {
      const { payUrl } = await channel.prepay(request({ amount }));
      const content = new URL(payUrl ?? '').searchParams.get('biz_content') ?? '';
      expect(JSON.parse(content)).toMatchObject({ total_amount: text });
    }
  });

  it('is not tried with a key that can not be used', () => {
    const settings = alipay.settings();
    const swapped = { ...settings, privateKey: alipay.publicKey };
    expect(() => new AlipayChannel(swapped)).toThrow(BadKeyError);
  });
});

describe("the channel's fee", () => {
  it('is 0.6 % of the amount, to the nearest fen', () => {
    expect(channel.feeOf(50_000_000n)).toBe(300_000n);
    expect(channel.feeOf(10_000n)).toBe(0n);
    expect(channel.feeOf(830_000n)).toBe(0n);
    expect(channel.feeOf(840_000n)).toBe(10_000n);
  });
});

function request(more: Partial<PrepayRequest> = {}): PrepayRequest {
  return {
    outTradeNo: OUT_TRADE_NO,
    method: 'page',
    amount: 50_000_000n,
    subject: 'Clearbid recharge',
    expiresAt: new Date('2026-11-20T03:34:05Z'),
    notifyUrl: 'http://merchant.test/v1/notify/alipay?a=1&b=2',
    returnUrl: 'http://merchant.test/recharges/7',
    ...more,
  };
}
