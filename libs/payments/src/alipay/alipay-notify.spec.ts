import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NotifyVerdict } from '../payment-channel.js';
import { SmallAlipay } from '../testing/small-alipay.js';
import { AlipayChannel } from './alipay-channel.js';

type Fields = Readonly<Record<string, string>>;

let alipay: SmallAlipay;
let channel: AlipayChannel;

beforeAll(async () => {
  alipay = await SmallAlipay.listen();
  channel = new AlipayChannel(alipay.settings());
});
afterAll(() => alipay.close());

/** A notify about a payment of 50 yuan, before it is signed. */
const paidFields = (more: Fields = {}): Fields => ({
  notify_time: '2026-11-20 11:04:07',
  notify_type: 'trade_status_sync',
  notify_id: '2026112000222110405000000001',
  charset: 'utf-8',
  version: '1.0',
  sign_type: 'RSA2',
  app_id: alipay.appId,
  seller_id: alipay.sellerId,
  trade_no: '2026112022001400000000000001',
  out_trade_no: '1234567890123456789',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '50.00',
  subject: 'Clearbid recharge',
  gmt_payment: '2026-11-20 11:04:05',
  ...more,
});

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

const verifyText = (body: string): NotifyVerdict =>
  channel.verifyNotify({ headers: {}, body: Buffer.from(body, 'utf8') });
const verify = (fields: Fields) => verifyText(new URLSearchParams(fields).toString());
const verifySigned = (more: Fields = {}) => verify(alipay.signedNotify(paidFields(more)));

const BAD_SIGNATURE = { accepted: false, reason: 'BAD_SIGNATURE' };
const MALFORMED = { accepted: false, reason: 'MALFORMED' };

describe('a notify that Alipay signed', () => {
  it('tells what was paid, exactly', () => {
    expect(verifySigned()).toEqual({
      accepted: true,
      about: 'trade',
      outTradeNo: '1234567890123456789',
      trade: {
        state: 'PAID',
        channelTradeNo: '2026112022001400000000000001',
        amount: 50_000_000n,
        paidAt: new Date('2026-11-20T03:04:05Z'),
      },
      mismatches: [],
    });
  });

  it.each([
    ['TRADE_FINISHED', 'PAID'],
    ['WAIT_BUYER_PAY', 'WAITING'],
    ['TRADE_CLOSED', 'CLOSED'],
  ])('means by %s that the trade is %s', (tradeStatus, state) => {
    expect(verifySigned({ trade_status: tradeStatus })).toMatchObject({ accepted: true, trade: { state } });
  });

  it.each([
    ['a percent sign', '50% off'],
    ['what looks encoded once more', '%E5%85%85%2B%25'],
    ['a plus', 'a+b + c'],
    ['Chinese', '充值 五十元'],
    ['what separates fields', 'a=1&b=2&sign=x'],
    ['quotes and brackets', '"quoted" <b>\\u0000</b>'],
    ['an emoji', 'paid 🎉'],
  ])('is verified with %s in a value', (_what, subject) => {
    expect(verifySigned({ subject })).toMatchObject({ accepted: true });
  });

  it('is verified over its empty values too', () => {
    const fields = alipay.signedNotify(paidFields({ body: '', passback_params: '' }));
    expect(verify(fields)).toMatchObject({ accepted: true });
    expect(verify(without(fields, 'body'))).toMatchObject(BAD_SIGNATURE);
  });

  it('is verified whether or not Alipay counted sign_type in', () => {
    const fields = paidFields();
    const text = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
    expect(verify({ ...fields, sign: alipay.sign(text) })).toMatchObject({ accepted: true });
  });

  it('is taken for RSA2 where it does not say', () => {
    expect(verify(alipay.signedNotify(without(paidFields(), 'sign_type')))).toMatchObject({ accepted: true });
  });

  it('may name a field like something that every object has', () => {
    expect(verifySigned({ constructor: 'x', toString: 'y' })).toMatchObject({ accepted: true });
  });
});

describe('a notify that Alipay did not sign', () => {
  it.each(['total_amount', 'out_trade_no', 'trade_status', 'app_id', 'seller_id', 'trade_no', 'gmt_payment'])(
    'is refused when its %s was changed on the way',
    (name) => {
      const fields = alipay.signedNotify(paidFields());
      expect(verify({ ...fields, [name]: `${fields[name]}0` })).toMatchObject(BAD_SIGNATURE);
    },
  );

  it('is refused when a field was added or taken away', () => {
    const fields = alipay.signedNotify(paidFields());
    expect(verify({ ...fields, buyer_id: '2088' })).toMatchObject(BAD_SIGNATURE);
    expect(verify(without(fields, 'subject'))).toMatchObject(BAD_SIGNATURE);
  });

  it("is refused when another key signed it, and when it was our own application's", async () => {
    const stranger = await SmallAlipay.listen();
    await stranger.close();
    expect(verify(stranger.signedNotify(paidFields()))).toMatchObject(BAD_SIGNATURE);

    // An attacker who holds our application key can sign calls, and must not be able to sign payments with it.
    const ours = new AlipayChannel({ ...alipay.settings(), privateKey: stranger.settings().privateKey });
    const url = new URL((await ours.prepay(pageRequest())).payUrl ?? '');
    const sign = url.searchParams.get('sign') ?? '';
    expect(verify({ ...paidFields(), sign })).toMatchObject(BAD_SIGNATURE);
  });

  it.each(['x', '====', 'not base64 !', Buffer.alloc(256).toString('base64')])(
    'is refused when its signature is "%s"',
    (sign) => {
      expect(verify({ ...paidFields(), sign })).toMatchObject(BAD_SIGNATURE);
    },
  );

  it('names the trade in its refusal, for the log', () => {
    expect(verify({ ...paidFields(), sign: 'x' })).toMatchObject({
      message: "The signature of the notify for 1234567890123456789 is not Alipay's",
    });
  });
});

describe('a notify that asks for another algorithm', () => {
  it('is refused for SHA-1, though the right key made it', () => {
    const fields = paidFields({ sign_type: 'RSA' });
    const sign = alipay.sign(alipay.notifyText(fields), 'RSA-SHA1');
    expect(verify({ ...fields, sign })).toMatchObject({
      ...BAD_SIGNATURE,
      message: 'Only sign_type RSA2 is accepted',
    });
  });

  it.each(['', 'none', 'rsa2', 'RSA2 ', 'HMAC', '__proto__', 'toString'])(
    'is refused for "%s"',
    (signType) => {
      expect(verifySigned({ sign_type: signType })).toMatchObject(BAD_SIGNATURE);
    },
  );
});

describe('a body that is no notify', () => {
  it('is a form with a field twice: signed could be the one, used the other', () => {
    const signed = new URLSearchParams(alipay.signedNotify(paidFields())).toString();
    for (const body of [
      `total_amount=500.00&${signed}`,
      `${signed}&total_amount=500.00`,
      `${signed}&sign=x`,
    ]) {
      expect(verifyText(body)).toMatchObject(MALFORMED);
    }
  });

  it.each([
    ['nothing', ''],
    ['JSON', JSON.stringify({ out_trade_no: '1', trade_status: 'TRADE_SUCCESS', sign: 'x' })],
    ['XML', '<xml><sign>x</sign></xml>'],
    ['bytes', '\u0000\u0001\uFFFD'],
    ['broken escapes', '%=%E0%A4%A&%%%'],
  ])('is %s', (_what, body) => {
    expect(verifyText(body)).toMatchObject(MALFORMED);
  });

  it.each(['sign', 'out_trade_no', 'trade_status'])('lacks %s', (name) => {
    expect(verify(without(alipay.signedNotify(paidFields()), name))).toMatchObject(MALFORMED);
    expect(verify({ ...alipay.signedNotify(paidFields()), [name]: '' })).toMatchObject(MALFORMED);
  });

  it.each([
    ['an amount of 1e3', { total_amount: '1e3' }],
    ['a negative amount', { total_amount: '-50.00' }],
    ['an amount of three decimals', { total_amount: '50.001' }],
    ['no amount', { total_amount: '' }],
    ['a status that nobody knows', { trade_status: 'TRADE_PENDING' }],
    ['no number of the trade', { trade_no: '' }],
  ])('has %s, though Alipay signed it', (_what, more: Fields) => {
    expect(verifySigned(more)).toMatchObject(MALFORMED);
  });
});

describe('whose notify it is', () => {
  it.each([
    [{ app_id: '2021000000000008' }, ['app_id is 2021000000000008, ours is 2021000000000007']],
    [{ seller_id: '2088000000000008' }, ['seller_id is 2088000000000008, ours is 2088000000000007']],
  ])('is told in words: %p', (more: Fields, mismatches) => {
    expect(verifySigned(more)).toMatchObject({ accepted: true, mismatches });
  });

  it('names both when both differ, and calls missing what is missing', () => {
    const fields = alipay.signedNotify(without(paidFields({ app_id: '1' }), 'seller_id'));
    expect(verify(fields)).toMatchObject({
      mismatches: ['app_id is 1, ours is 2021000000000007', 'seller_id is missing, ours is 2088000000000007'],
    });
  });
});

describe('what Alipay is answered', () => {
  it('is the seven characters after which it stops, or anything else', () => {
    expect(channel.notifyAccepted).toEqual({ status: 200, contentType: 'text/plain', body: 'success' });
    const refused = channel.notifyRefused('success');
    expect(refused.status).toBe(400);
    expect(refused.body).not.toBe('success');
  });
});

function pageRequest() {
  return {
    outTradeNo: '1',
    method: 'page' as const,
    amount: 50_000_000n,
    subject: 'Clearbid recharge',
    expiresAt: new Date(),
    notifyUrl: 'http://merchant.test/notify',
    returnUrl: 'http://merchant.test/return',
  };
}
