import { describe, expect, it } from '@jest/globals';
import { ChannelError, type ChannelErrorKind } from '../channel-error.js';
import { amountOf, errorOf, isSuccess, tradeOf } from './alipay-replies.js';

const error = (reply: object) =>
  errorOf('alipay.trade.query', { code: '40004', msg: 'Business Failed', ...reply });

function kindThrownBy(work: () => unknown): ChannelErrorKind | 'none' {
  try {
    work();
  } catch (thrown) {
    if (ChannelError.is(thrown)) return thrown.kind;
    throw thrown;
  }
  return 'none';
}

describe("Alipay's error codes", () => {
  it.each<[ChannelErrorKind, string[]]>([
    [
      'REFUSED',
      [
        'ACQ.INVALID_PARAMETER',
        'ACQ.TRADE_NOT_EXIST',
        'ACQ.TRADE_HAS_SUCCESS',
        'ACQ.TRADE_HAS_CLOSE',
        'ACQ.TRADE_HAS_FINISHED',
        'ACQ.TRADE_STATUS_ERROR',
        'ACQ.REASON_TRADE_STATUS_INVALID',
        'ACQ.CONTEXT_INCONSISTENT',
        'ACQ.ACCESS_FORBIDDEN',
        'isv.invalid-app-id',
        'isv.invalid-signature',
        'isv.missing-method',
        'isv.insufficient-isv-permissions',
      ],
    ],
    ['NOT_DONE', ['isp.call-limited', 'isp.app-call-limited', 'isv.app-call-limited']],
    ['UNKNOWN', ['ACQ.SYSTEM_ERROR', 'isp.unknow-error']],
  ])('are %s where that is certain', (kind, subCodes) => {
    for (const subCode of subCodes)
      expect([subCode, error({ sub_code: subCode }).kind]).toEqual([subCode, kind]);
  });

  it('are UNKNOWN where nobody has met them yet, whatever they sound like', () => {
    for (const subCode of ['ACQ.PAYMENT_FAIL', 'isp.not-done', 'REFUSED', 'constructor', 'toString']) {
      expect([subCode, error({ sub_code: subCode }).kind]).toEqual([subCode, 'UNKNOWN']);
    }
  });

  it.each([
    ['20001', 'REFUSED'],
    ['40001', 'REFUSED'],
    ['40002', 'REFUSED'],
    ['40006', 'REFUSED'],
    ['20000', 'UNKNOWN'],
    ['40004', 'UNKNOWN'],
    ['10003', 'UNKNOWN'],
    ['', 'UNKNOWN'],
  ])('of the gateway itself: %s without a sub-code is %s', (code, kind) => {
    expect(error({ code }).kind).toBe(kind);
  });

  it('say more by their sub-code than by their code', () => {
    expect(error({ code: '40002', sub_code: 'isp.unknow-error' }).kind).toBe('UNKNOWN');
    expect(error({ code: '20000', sub_code: 'isp.call-limited' }).kind).toBe('NOT_DONE');
  });

  it('are told with the method, the code and the words that came with it', () => {
    expect(error({ sub_code: 'ACQ.TRADE_HAS_CLOSE', sub_msg: '交易已经关闭' })).toMatchObject({
      channelCode: 'ACQ.TRADE_HAS_CLOSE',
      message: 'Alipay answered alipay.trade.query with ACQ.TRADE_HAS_CLOSE: 交易已经关闭',
    });
    expect(error({ code: '20000', msg: 'Service Currently Unavailable' })).toMatchObject({
      channelCode: '20000',
      message: 'Alipay answered alipay.trade.query with 20000: Service Currently Unavailable',
    });
  });

  it('are all but 10000, as a string', () => {
    expect(isSuccess({ code: '10000' })).toBe(true);
    for (const code of ['10003', '20000', '', ' 10000', 10000, undefined])
      expect(isSuccess({ code })).toBe(false);
  });
});

describe('an amount', () => {
  it('is exact', () => {
    expect(amountOf('50.00', 'total_amount')).toBe(50_000_000n);
    expect(amountOf('0.01', 'total_amount')).toBe(10_000n);
    expect(amountOf('100000000', 'total_amount')).toBe(100_000_000_000_000n);
  });

  it.each([
    '1e3',
    '-1.00',
    '+1.00',
    ' 1.00',
    '1.001',
    '1,000.00',
    '',
    '50.00元',
    '０.01',
    '0x10',
    'NaN',
    '.5',
    '5.',
  ])('is not guessed from "%s"', (text) => {
    expect(kindThrownBy(() => amountOf(text, 'total_amount'))).toBe('UNKNOWN');
  });

  it.each([[50], [undefined], [null], [{}], [['50.00']]])(
    'is not read from %p, which is no text',
    (value) => {
      expect(kindThrownBy(() => amountOf(value, 'total_amount'))).toBe('UNKNOWN');
    },
  );
});

describe('the state of a trade', () => {
  const paid = {
    tradeStatus: 'TRADE_SUCCESS',
    tradeNo: '2026112022001400000000000001',
    totalAmount: '50.00',
    paidAt: '2026-11-20 11:04:05',
  };

  it.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])('is PAID after %s', (tradeStatus) => {
    expect(tradeOf({ ...paid, tradeStatus })).toEqual({
      state: 'PAID',
      channelTradeNo: paid.tradeNo,
      amount: 50_000_000n,
      paidAt: new Date('2026-11-20T03:04:05Z'),
    });
  });

  it('is WAITING or CLOSED without needing anything else', () => {
    const alone = { tradeNo: undefined, totalAmount: undefined, paidAt: undefined };
    expect(tradeOf({ ...alone, tradeStatus: 'WAIT_BUYER_PAY' })).toEqual({ state: 'WAITING' });
    expect(tradeOf({ ...alone, tradeStatus: 'TRADE_CLOSED' })).toEqual({ state: 'CLOSED' });
  });

  it.each(['TRADE_PENDING', 'trade_success', 'TRADE_SUCCESS ', '', undefined, 1])(
    'is UNKNOWN after %p',
    (tradeStatus) => {
      expect(kindThrownBy(() => tradeOf({ ...paid, tradeStatus }))).toBe('UNKNOWN');
    },
  );

  it.each([
    ['number', { tradeNo: '' }],
    ['amount', { totalAmount: '1e3' }],
  ])('is UNKNOWN when it was paid and its %s can not be read', (_what, more) => {
    expect(kindThrownBy(() => tradeOf({ ...paid, ...more }))).toBe('UNKNOWN');
  });

  it.each([undefined, '', '2026-02-30 10:00:00'])('was paid about now when its time is %p', (paidAt) => {
    const before = Date.now();
    const trade = tradeOf({ ...paid, paidAt });
    const at = trade.state === 'PAID' ? trade.paidAt.getTime() : 0;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });
});
