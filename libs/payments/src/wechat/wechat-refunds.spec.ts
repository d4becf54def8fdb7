import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChannelRefund, RefundRequest } from '../payment-channel.js';
import { type Answer, SmallWechat } from './testing/small-wechat.js';
import { WechatChannel } from './wechat-channel.js';

let wechat: SmallWechat;
let channel: WechatChannel;

beforeAll(async () => {
  wechat = await SmallWechat.listen();
  channel = new WechatChannel(wechat.settings());
});
afterAll(() => wechat.close());

const REQUEST: RefundRequest = {
  outTradeNo: '1234567890123456789',
  outRefundNo: '1234567890123456000',
  amount: 20_000_000n,
  totalAmount: 50_000_000n,
  reason: '退'.repeat(40),
  notifyUrl: 'https://pay.example.com/v1/notify/wechat',
};
const known = (more: object = {}): Answer => ({
  status: 200,
  body: {
    refund_id: '503',
    out_trade_no: REQUEST.outTradeNo,
    out_refund_no: REQUEST.outRefundNo,
    status: 'SUCCESS',
    success_time: '2026-11-20T12:03:05+08:00',
    amount: { refund: 2_000, total: 5_000, currency: 'CNY' },
    ...more,
  },
});
const refused = (status: number, code: string, message = ''): Answer => ({ status, body: { code, message } });
const UNKNOWN_REFUND = refused(404, 'RESOURCE_NOT_EXISTS');

/** What asking for it is answered with, and what the question about it. */
function answered(asked: Answer, questioned: Answer = UNKNOWN_REFUND): void {
  wechat.desk = ({ method }) => (method === 'POST' ? asked : questioned);
}

describe('a refund at WeChat Pay', () => {
  it('says how much of what, in fen, under our number', async () => {
    answered(known());
    expect(await channel.refund(REQUEST)).toEqual({
      state: 'SUCCEEDED',
      channelRefundNo: '503',
      amount: 20_000_000n,
      refundedAt: new Date('2026-11-20T04:03:05Z'),
    });
    expect(wechat.calls.at(-1)?.body).toEqual({
      out_trade_no: REQUEST.outTradeNo,
      out_refund_no: REQUEST.outRefundNo,
      reason: '退'.repeat(26),
      notify_url: REQUEST.notifyUrl,
      amount: { refund: 2_000, total: 5_000, currency: 'CNY' },
    });
  });

  it.each<[string, ChannelRefund['state']]>([
    ['PROCESSING', 'PROCESSING'],
    ['CLOSED', 'FAILED'],
    ['ABNORMAL', 'ABNORMAL'],
  ])('that is %s there is %s here, asked for and asked about', async (status, state) => {
    answered(known({ status }), known({ status }));
    expect((await channel.refund(REQUEST)).state).toBe(state);
    expect((await channel.queryRefund(REQUEST)).state).toBe(state);
  });

  it.each<[string, Answer, Partial<ChannelRefund>]>([
    ['NOT_ENOUGH', refused(403, 'NOT_ENOUGH', '基本账户余额不足'), { state: 'SHORT_OF_FUNDS' }],
    [
      'a payment of over a year ago',
      refused(400, 'INVALID_REQUEST', '订单已超过可退款的最大期限'),
      { state: 'FAILED', problem: 'TOO_OLD' },
    ],
    ['TRADE_OVERDUE', refused(400, 'TRADE_OVERDUE'), { state: 'FAILED', problem: 'TOO_OLD' }],
    [
      'more than is left',
      refused(400, 'INVALID_REQUEST', '申请退款金额大于订单可退金额'),
      { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' },
    ],
    [
      'an unknown trade',
      refused(404, 'RESOURCE_NOT_EXISTS', '订单不存在'),
      { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' },
    ],
    ["a buyer's account that is gone", refused(403, 'USER_ACCOUNT_ABNORMAL'), { state: 'ABNORMAL' }],
  ])('is refused for %s', async (_what, answer, expected) => {
    answered(answer);
    expect(await channel.refund(REQUEST)).toMatchObject(expected);
  });

  it('refused at a repeat is looked up: its first call went through', async () => {
    answered(refused(400, 'INVALID_REQUEST', '申请退款金额大于订单可退金额'), known());
    expect(await channel.refund(REQUEST)).toMatchObject({ state: 'SUCCEEDED', amount: 20_000_000n });
    answered(refused(403, 'NOT_ENOUGH'), known({ status: 'PROCESSING' }));
    expect(await channel.refund(REQUEST)).toEqual({ state: 'PROCESSING' });
  });

  it('refused, with a question that is refused as well, is unknown: the first call may have gone through', async () => {
    answered(refused(403, 'NO_AUTH'), refused(403, 'NO_AUTH'));
    await expect(channel.refund(REQUEST)).rejects.toMatchObject({ kind: 'UNKNOWN', channelCode: 'NO_AUTH' });
  });

  it.each<[string, Answer, object]>([
    ['SYSTEM_ERROR (mistake 2)', refused(500, 'SYSTEM_ERROR'), { kind: 'UNKNOWN', backOff: true }],
    ['a limit', refused(429, 'FREQUENCY_LIMITED'), { kind: 'NOT_DONE', backOff: true }],
    [
      'a limit in other words',
      refused(400, 'INVALID_REQUEST', '请求过于频繁'),
      { kind: 'NOT_DONE', backOff: true },
    ],
    [
      'NOT_ENOUGH that nobody signed',
      { ...refused(403, 'NOT_ENOUGH'), unsigned: true },
      { kind: 'UNTRUSTED' },
    ],
    ['an amount that is no integer', known({ amount: { refund: 2_000.5 } }), { kind: 'UNKNOWN' }],
    ['another refund', known({ out_refund_no: '1' }), { kind: 'UNTRUSTED', channelCode: 'OTHER_TRADE' }],
    ['another trade', known({ out_trade_no: '1' }), { kind: 'UNTRUSTED', channelCode: 'OTHER_TRADE' }],
    ['an unknown state', known({ status: 'DONE' }), { kind: 'UNKNOWN' }],
  ])('is not decided by an answer of %s', async (_what, answer, expected) => {
    answered(answer);
    await expect(channel.refund(REQUEST)).rejects.toMatchObject(expected);
  });

  it('that nobody signed for is not taken for unknown to WeChat Pay', async () => {
    answered(known(), { ...UNKNOWN_REFUND, unsigned: true });
    await expect(channel.queryRefund(REQUEST)).rejects.toMatchObject({ kind: 'UNTRUSTED' });
    answered(known());
    expect(await channel.queryRefund(REQUEST)).toEqual({ state: 'NOT_FOUND' });
  });
});
