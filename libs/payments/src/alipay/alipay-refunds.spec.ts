import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChannelError } from '../channel-error.js';
import { SmallAlipay } from '../testing/small-alipay.js';
import { AlipayChannel } from './alipay-channel.js';

const REFUND = 'alipay.trade.refund';
const REFUND_QUERY = 'alipay.trade.fastpay.refund.query';
const REQUEST = {
  outTradeNo: '1234567890123456789',
  outRefundNo: '1234567890123456000',
  amount: 20_000_000n,
  totalAmount: 50_000_000n,
  reason: 'half / 一半',
  notifyUrl: 'http://merchant.test/v1/notify/alipay',
};
const NUMBERS = { out_trade_no: REQUEST.outTradeNo, out_request_no: REQUEST.outRefundNo };
const OK = { code: '10000', msg: 'Success', out_trade_no: REQUEST.outTradeNo };
const DONE = {
  ...OK,
  ...NUMBERS,
  refund_status: 'REFUND_SUCCESS',
  refund_amount: '20.00',
  gmt_refund_pay: '2026-11-20 11:04:05',
};
const SUCCEEDED = {
  state: 'SUCCEEDED',
  channelRefundNo: null,
  amount: 20_000_000n,
  refundedAt: new Date('2026-11-20T03:04:05Z'),
};
const refused = (subCode: string) => ({ code: '40004', msg: 'Business Failed', sub_code: subCode });

let alipay: SmallAlipay;
let channel: AlipayChannel;

beforeAll(async () => {
  alipay = await SmallAlipay.listen();
  channel = new AlipayChannel(alipay.settings());
});
afterAll(() => alipay.close());

const methodsSince = (before: number) => alipay.calls.slice(before).map(({ method }) => method);

describe('a refund', () => {
  it('has succeeded when the funds moved: by its own amount, not the sum of all refunds that the reply tells', async () => {
    alipay.reply(REFUND, {
      ...OK,
      fund_change: 'Y',
      refund_fee: '45.00',
      gmt_refund_pay: '2026-11-20 11:04:05',
    });
    expect(await channel.refund(REQUEST)).toEqual(SUCCEEDED);
    expect(JSON.parse(alipay.calls.at(-1)?.['biz_content'] ?? '')).toEqual({
      ...NUMBERS,
      refund_amount: '20.00',
      refund_reason: 'half / 一半',
    });
  });

  it('that moved no funds is looked up: it is neither a new one nor proof of one', async () => {
    alipay.reply(REFUND, { ...OK, fund_change: 'N', refund_fee: '20.00' });
    alipay.reply(REFUND_QUERY, DONE);
    expect(await channel.refund(REQUEST)).toEqual(SUCCEEDED);

    alipay.reply(REFUND_QUERY, OK);
    expect(await channel.refund(REQUEST)).toEqual({ state: 'PROCESSING' });
  });

  it.each([
    ['ACQ.SELLER_BALANCE_NOT_ENOUGH', { state: 'SHORT_OF_FUNDS' }],
    ['ACQ.TRADE_HAS_FINISHED', { state: 'FAILED', problem: 'TOO_OLD' }],
    ['ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' }],
    ['ACQ.REASON_TRADE_REFUND_FEE_ERR', { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' }],
    ['ACQ.TRADE_NOT_EXIST', { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' }],
    ['ACQ.BUYER_NOT_EXIST', { state: 'ABNORMAL' }],
  ])('refused with %s is %p, once the query knows of none', async (code, state) => {
    alipay.reply(REFUND, refused(code));
    alipay.reply(REFUND_QUERY, OK);
    expect(await channel.refund(REQUEST)).toMatchObject({ ...state, message: expect.stringContaining(code) });
  });

  it('whose repeat is refused had succeeded at first, and is not taken for failed', async () => {
    alipay.reply(REFUND, refused('ACQ.TRADE_HAS_FINISHED'));
    alipay.reply(REFUND_QUERY, DONE);
    expect(await channel.refund(REQUEST)).toEqual(SUCCEEDED);
  });

  it.each([
    ['ACQ.SYSTEM_ERROR', 'UNKNOWN', false],
    ['isp.unknow-error', 'UNKNOWN', true],
    ['isv.app-call-limited', 'NOT_DONE', true],
    ['isv.invalid-signature', 'REFUSED', false],
  ])('rejects after %s with %s and is not looked up', async (channelCode, kind, backOff) => {
    alipay.reply(REFUND, refused(channelCode));
    const before = alipay.calls.length;
    await expect(channel.refund(REQUEST)).rejects.toMatchObject({ channelCode, kind, backOff });
    expect(methodsSince(before)).toEqual([REFUND]);
  });

  it('of half a fen is refused before anybody is called', async () => {
    const before = alipay.calls.length;
    await expect(channel.refund({ ...REQUEST, amount: 5_000n })).rejects.toBeInstanceOf(ChannelError);
    expect(methodsSince(before)).toEqual([]);
  });
});

describe('asking about a refund', () => {
  const ask = () => channel.queryRefund(REQUEST);

  it('hears nothing said as not done', async () => {
    alipay.reply(REFUND_QUERY, OK);
    expect(await ask()).toEqual({ state: 'NOT_FOUND' });
    alipay.reply(REFUND_QUERY, refused('ACQ.TRADE_NOT_EXIST'));
    expect(await ask()).toEqual({ state: 'NOT_FOUND' });
  });

  it.each([
    ['another refund', { out_request_no: '1' }, 'UNTRUSTED'],
    ['another trade', { out_trade_no: '1' }, 'UNTRUSTED'],
    ['a state that nobody knows', { refund_status: 'REFUND_MAYBE' }, 'UNKNOWN'],
    ['an amount that can not be read', { refund_amount: '2e1' }, 'UNKNOWN'],
  ])('does not believe a reply about %s', async (_what, more, kind) => {
    alipay.reply(REFUND_QUERY, { ...DONE, ...more });
    await expect(ask()).rejects.toMatchObject({ name: 'ChannelError', kind });
  });
});

describe('overload', () => {
  it.each([
    [429, 'NOT_DONE', true],
    [503, 'UNKNOWN', true],
    [404, 'UNKNOWN', false],
  ])('HTTP %d is %s, back off: %p', async (status, kind, backOff) => {
    alipay.answerText(REFUND_QUERY, 'no', status);
    await expect(channel.queryRefund(REQUEST)).rejects.toMatchObject({ kind, backOff });
  });
});

describe('a notify about a refund', () => {
  it('names the refund and leaves its amount to the query, and is not taken for the trade being closed', () => {
    const fields = alipay.signedNotify({
      app_id: alipay.appId,
      seller_id: alipay.sellerId,
      trade_no: '2026112022001400000000000001',
      out_trade_no: REQUEST.outTradeNo,
      out_biz_no: REQUEST.outRefundNo,
      trade_status: 'TRADE_CLOSED',
      total_amount: '50.00',
      refund_fee: '50.00',
      gmt_refund: '2026-11-20 11:04:05.123',
    });
    const body = Buffer.from(new URLSearchParams({ ...fields }).toString());
    expect(channel.verifyNotify({ headers: {}, body })).toEqual({
      accepted: true,
      about: 'refund',
      outTradeNo: REQUEST.outTradeNo,
      outRefundNo: REQUEST.outRefundNo,
      refund: { state: 'PROCESSING' },
      mismatches: [],
    });
  });
});
