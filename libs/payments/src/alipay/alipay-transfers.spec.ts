import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelTransfer } from '../channel-transfers.js';
import { SmallAlipay } from '../testing/small-alipay.js';
import { AlipayChannel } from './alipay-channel.js';

const TRANSFER = 'alipay.fund.trans.uni.transfer';
const QUERY = 'alipay.fund.trans.common.query';
const NO = '1234567890123456789';
const REQUEST = {
  outTransferNo: NO,
  amount: 88_880_000n,
  payeeAccount: 'payee@example.com',
  payeeName: '欧阳娜娜',
  remark: '提现 / 😀',
};
const OK = { code: '10000', msg: 'Success', out_biz_no: NO };
const PAID = { ...OK, order_id: '20261121110070', status: 'SUCCESS' };
/** What a query tells of the same one. */
const TOLD = { ...PAID, trans_amount: '88.88', pay_date: '2026-11-21 11:04:05' };
const SUCCEEDED: ChannelTransfer = {
  state: 'SUCCEEDED',
  channelTransferNo: '20261121110070',
  amount: 88_880_000n,
  paidAt: new Date('2026-11-21T03:04:05Z'),
};
const refused = (subCode: string) => ({ code: '40004', msg: 'Business Failed', sub_code: subCode });
const NOT_THERE = refused('ORDER_NOT_EXIST');

let alipay: SmallAlipay;
let transfers: AlipayChannel['transfers'];
let before = 0;

beforeAll(async () => {
  alipay = await SmallAlipay.listen();
  ({ transfers } = new AlipayChannel(alipay.settings({ timeoutMs: 500 })));
});
afterAll(() => alipay.close());
beforeEach(() => {
  before = alipay.calls.length;
  alipay.reply(TRANSFER, { ...PAID, trans_date: '2026-11-21 11:04:05' });
  alipay.reply(QUERY, NOT_THERE);
});

const methods = () => alipay.calls.slice(before).map(({ method }) => method);
const contentOf = (method: string): unknown =>
  JSON.parse(alipay.calls.findLast((call) => call['method'] === method)?.['biz_content'] ?? '');

describe('a transfer at Alipay', () => {
  it('says how much to whom, in yuan, under our number', async () => {
    expect(await transfers.transfer(REQUEST)).toEqual(SUCCEEDED);
    expect(contentOf(TRANSFER)).toEqual({
      product_code: 'TRANS_ACCOUNT_NO_PWD',
      biz_scene: 'DIRECT_TRANSFER',
      out_biz_no: NO,
      trans_amount: '88.88',
      order_title: '提现 / 😀',
      remark: '提现 / 😀',
      payee_info: { identity: 'payee@example.com', identity_type: 'ALIPAY_LOGON_ID', name: '欧阳娜娜' },
    });
    expect(methods()).toEqual([TRANSFER]);
  });

  it.each([
    ['2088123412341234', 'ALIPAY_USER_ID'],
    ['13812345678', 'ALIPAY_LOGON_ID'],
    ['208812341234123', 'ALIPAY_LOGON_ID'],
    ['2088@example.com', 'ALIPAY_LOGON_ID'],
  ])('calls %s an %s', async (payeeAccount, type) => {
    await transfers.transfer({ ...REQUEST, payeeAccount });
    expect(contentOf(TRANSFER)).toMatchObject({
      payee_info: { identity: payeeAccount, identity_type: type },
    });
  });

  it('cuts a long remark between two characters', async () => {
    await transfers.transfer({ ...REQUEST, remark: '😀'.repeat(201) });
    expect(contentOf(TRANSFER)).toMatchObject({
      order_title: '😀'.repeat(128),
      remark: '😀'.repeat(200),
    });
  });

  it('of half a fen is refused before anybody is called', async () => {
    await expect(transfers.transfer({ ...REQUEST, amount: 5_000n })).rejects.toMatchObject({
      name: 'ChannelError',
      kind: 'REFUSED',
    });
    expect(methods()).toEqual([]);
  });

  it('that Alipay works at is in process, and one that it says no more of is looked up', async () => {
    alipay.reply(TRANSFER, { ...PAID, status: 'DEALING' });
    expect(await transfers.transfer(REQUEST)).toEqual({ state: 'PROCESSING' });
    expect(methods()).toEqual([TRANSFER]);

    alipay.reply(TRANSFER, { ...OK, status: 'FAIL' });
    expect(await transfers.transfer(REQUEST)).toEqual({ state: 'PROCESSING' });
    alipay.reply(QUERY, { ...OK, status: 'FAIL', error_code: 'PAYEE_USER_INFO_ERROR', fail_reason: '姓名' });
    expect(await transfers.transfer(REQUEST)).toMatchObject({ state: 'FAILED', problem: 'PAYEE_NAME_WRONG' });
  });
});

describe('a refusal of a transfer', () => {
  it.each<[string, Partial<ChannelTransfer>]>([
    ['PAYEE_NOT_EXIST', { state: 'FAILED', problem: 'PAYEE_NOT_FOUND' }],
    ['PAYEE_USER_INFO_ERROR', { state: 'FAILED', problem: 'PAYEE_NAME_WRONG' }],
    ['PERM_AML_NOT_REALNAME_REV', { state: 'FAILED', problem: 'PAYEE_NOT_ABLE' }],
    ['EXCEED_LIMIT_PERSONAL_SM_AMOUNT', { state: 'FAILED', problem: 'LIMIT_OF_CHANNEL' }],
    ['EXCEED_LIMIT_OF_TOMORROW', { state: 'FAILED', problem: 'LIMIT_OF_CHANNEL' }],
    ['INVALID_PARAMETER', { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' }],
    ['PAYER_BALANCE_NOT_ENOUGH', { state: 'SHORT_OF_FUNDS' }],
    ['BALANCE_IS_NOT_ENOUGH', { state: 'SHORT_OF_FUNDS' }],
  ])('for %s is believed once the query knows of no transfer', async (code, expected) => {
    alipay.reply(TRANSFER, refused(code));
    expect(await transfers.transfer(REQUEST)).toMatchObject({
      ...expected,
      message: expect.stringContaining(code),
    });
    expect(methods()).toEqual([TRANSFER, QUERY]);
    expect(contentOf(QUERY)).toEqual({
      product_code: 'TRANS_ACCOUNT_NO_PWD',
      biz_scene: 'DIRECT_TRANSFER',
      out_biz_no: NO,
    });
  });

  it.each(['PAYER_BALANCE_NOT_ENOUGH', 'PAYEE_USER_INFO_ERROR', 'PAYMENT_INFO_INCONSISTENCY'])(
    'for %s of a repeat whose first call went through is not believed',
    async (code) => {
      alipay.reply(TRANSFER, refused(code));
      alipay.reply(QUERY, TOLD);
      expect(await transfers.transfer(REQUEST)).toEqual(SUCCEEDED);
      alipay.reply(QUERY, { ...TOLD, status: 'DEALING' });
      expect(await transfers.transfer(REQUEST)).toEqual({ state: 'PROCESSING' });
    },
  );

  it('that says the number is in use leaves it unknown, though the query knows of none', async () => {
    alipay.reply(TRANSFER, refused('PAYMENT_INFO_INCONSISTENCY'));
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({
      kind: 'UNKNOWN',
      channelCode: 'PAYMENT_INFO_INCONSISTENCY',
    });
  });

  it.each([
    ['is refused, too', () => alipay.reply(QUERY, refused('isv.insufficient-isv-permissions')), false],
    ['is one too many', () => alipay.answerText(QUERY, 'no', 429), true],
    ['is answered with SYSTEM_ERROR', () => alipay.reply(QUERY, refused('SYSTEM_ERROR')), false],
    ['is answered by somebody else', () => alipay.answerText(QUERY, unsigned(NOT_THERE)), false],
  ])('leaves it unknown where the question %s', async (_what, answer, backOff) => {
    alipay.reply(TRANSFER, refused('PAYEE_NOT_EXIST'));
    answer();
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({
      kind: 'UNKNOWN',
      channelCode: 'PAYEE_NOT_EXIST',
      backOff,
    });
  });

  it.each([
    ['SYSTEM_ERROR', 'UNKNOWN', false],
    ['REQUEST_PROCESSING', 'UNKNOWN', false],
    ['A_CODE_OF_NEXT_YEAR', 'UNKNOWN', false],
    ['constructor', 'UNKNOWN', false],
    ['isp.unknow-error', 'UNKNOWN', true],
    ['isv.app-call-limited', 'NOT_DONE', true],
  ])('by %s is none: %s', async (channelCode, kind, backOff) => {
    alipay.reply(TRANSFER, refused(channelCode));
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({ channelCode, kind, backOff });
    expect(methods()).toEqual([TRANSFER]);
  });
});

const unsigned = (body: object) => JSON.stringify({ [alipay.nameOf(QUERY)]: body });

describe('asking about a transfer', () => {
  it.each<[string, object, ChannelTransfer]>([
    ['SUCCESS', TOLD, SUCCEEDED],
    ['DEALING', { ...TOLD, status: 'DEALING' }, { state: 'PROCESSING' }],
    ['WAIT_PAY', { ...TOLD, status: 'WAIT_PAY' }, { state: 'PROCESSING' }],
    [
      'FAIL for a reason that nobody knows',
      { ...OK, status: 'FAIL', error_code: 'NEW', fail_reason: '新' },
      {
        state: 'FAILED',
        problem: 'REFUSED_BY_CHANNEL',
        message: 'Alipay says of the transfer: FAIL NEW 新',
      },
    ],
    [
      'FAIL for want of our money, which is an end all the same',
      { ...OK, status: 'FAIL', error_code: 'PAYER_BALANCE_NOT_ENOUGH' },
      {
        state: 'FAILED',
        problem: 'SHORT_OF_FUNDS',
        message: 'Alipay says of the transfer: FAIL PAYER_BALANCE_NOT_ENOUGH',
      },
    ],
    [
      'REFUND',
      { ...TOLD, status: 'REFUND', error_code: 'PAYEE_CARD_INFO_ERROR', fail_reason: '资金已退回' },
      {
        state: 'RETURNED',
        channelTransferNo: '20261121110070',
        amount: 88_880_000n,
        message: 'Alipay says of the transfer: REFUND PAYEE_CARD_INFO_ERROR 资金已退回',
      },
    ],
    ['ORDER_NOT_EXIST, which is no proof', NOT_THERE, { state: 'NOT_FOUND' }],
  ])('hears %s, and so does whoever wants to take it back', async (_what, reply, expected) => {
    alipay.reply(QUERY, reply);
    expect(await transfers.query(NO)).toEqual(expected);
    expect(await transfers.cancel(NO)).toEqual(expected);
    expect(methods()).toEqual([QUERY, QUERY]);
  });

  it('hears of one that was paid three years ago as of one of today', async () => {
    alipay.reply(QUERY, { ...TOLD, pay_date: '2023-01-01 00:00:00' });
    expect(await transfers.query(NO)).toMatchObject({ paidAt: new Date('2022-12-31T16:00:00Z') });
  });

  it.each([
    ['another transfer', { out_biz_no: '1' }, 'UNTRUSTED'],
    ['no transfer', { out_biz_no: undefined }, 'UNTRUSTED'],
    ['a state that nobody knows', { status: 'SUCCESSFUL' }, 'UNKNOWN'],
    ['no amount', { trans_amount: undefined }, 'UNKNOWN'],
    ['an amount that can not be read', { trans_amount: '8e1' }, 'UNKNOWN'],
    ['no number of Alipay', { order_id: '' }, 'UNKNOWN'],
  ])('does not believe a reply about %s', async (_what, more, kind) => {
    alipay.reply(QUERY, { ...TOLD, ...more });
    await expect(transfers.query(NO)).rejects.toMatchObject({ name: 'ChannelError', kind });
  });

  it('does not believe an amount that was changed after it was signed, nor a failure that nobody signed', async () => {
    alipay.answerText(QUERY, alipay.signedReply(QUERY, TOLD).replace('88.88', '88.89'));
    await expect(transfers.query(NO)).rejects.toMatchObject({ kind: 'UNTRUSTED' });
    alipay.answerText(QUERY, unsigned({ ...OK, status: 'FAIL' }));
    await expect(transfers.query(NO)).rejects.toMatchObject({ kind: 'UNTRUSTED' });
    alipay.answerText(QUERY, unsigned(NOT_THERE));
    await expect(transfers.query(NO)).rejects.toMatchObject({ kind: 'UNTRUSTED' });
  });

  it('does not take the answer to a transfer of another number for its own', async () => {
    alipay.reply(TRANSFER, { ...PAID, out_biz_no: '1' });
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({ kind: 'UNTRUSTED' });
  });
});
