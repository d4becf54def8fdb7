import { describe, expect, it } from '@jest/globals';
import { type MatchedLine, type OurAttempt, type OurRefund, classifyLine } from './classify-line.js';

const attempt: OurAttempt = {
  id: '2234974312857666561',
  orderId: '2234974312857666560',
  merchantId: '7',
  accountId: 'alipay-main',
  state: 'SUCCEEDED',
  paidAmount: 50_000_000n,
  fee: 300_000n,
};
const refund: OurRefund = {
  id: '2234974312857666562',
  orderId: attempt.orderId,
  merchantId: '7',
  attemptId: attempt.id,
  accountId: 'alipay-main',
  state: 'SUCCEEDED',
  amount: 20_000_000n,
  fee: 0n,
};
const line: MatchedLine = {
  accountId: 'alipay-main',
  kind: 'payment',
  outTradeNo: attempt.id,
  outRefundNo: null,
  channelTradeNo: '2026112022001',
  channelRefundNo: null,
  amount: 50_000_000n,
  fee: 300_000n,
  status: 'SUCCESS',
  attempt,
  refund: null,
};
const refundLine: MatchedLine = {
  ...line,
  kind: 'refund',
  outRefundNo: refund.id,
  amount: 20_000_000n,
  fee: 0n,
  refund,
};

const classified = (given: MatchedLine) => classifyLine(given).map(({ kind, next }) => [kind, next]);

describe('a payment’s line', () => {
  it.each(['SUCCEEDED', 'DUPLICATED', 'CONFLICTED'] as const)(
    'agrees with an attempt that is %s',
    (state) => {
      expect(classified({ ...line, attempt: { ...attempt, state } })).toEqual([]);
    },
  );

  it.each(['CREATED', 'PENDING', 'CLOSED', 'FAILED'] as const)(
    'of an attempt that is %s is a lost notify',
    (state) => {
      const unpaid = { ...attempt, state, paidAmount: null, fee: null };
      expect(classified({ ...line, attempt: unpaid })).toEqual([['ONLY_AT_CHANNEL', 'REPAIR']]);
    },
  );

  it('of nothing here, or of another account of ours, is an operator’s', () => {
    expect(classified({ ...line, attempt: null })).toEqual([['ONLY_AT_CHANNEL', 'OPERATOR']]);
    const [other] = classifyLine({ ...line, attempt: { ...attempt, accountId: 'alipay-second' } });
    expect(other).toMatchObject({ kind: 'ONLY_AT_CHANNEL', next: 'OPERATOR', attemptId: null });
    expect(other?.explanation).toContain('alipay-second');
  });

  it('may differ in amount and in fee at once', () => {
    expect(classified({ ...line, amount: 1n, fee: 0n })).toEqual([
      ['AMOUNT_DIFFERS', 'OPERATOR'],
      ['FEE_DIFFERS', 'REPAIR'],
    ]);
  });

  it('has a fee that we have not booked at all', () => {
    expect(classified({ ...line, attempt: { ...attempt, fee: null } })).toEqual([['FEE_DIFFERS', 'REPAIR']]);
  });
});

describe('a refund’s line', () => {
  it.each<[string, OurRefund['state'], string[][]]>([
    ['SUCCESS', 'SUCCEEDED', []],
    ['SUCCESS', 'PROCESSING', [['STATE_DIFFERS', 'REPAIR']]],
    ['SUCCESS', 'REQUESTED', [['STATE_DIFFERS', 'REPAIR']]],
    ['SUCCESS', 'FAILED', [['STATE_DIFFERS', 'OPERATOR']]],
    ['PROCESSING', 'PROCESSING', []],
    ['PROCESSING', 'SUCCEEDED', []],
    ['FAIL', 'FAILED', []],
    ['FAIL', 'PROCESSING', []],
    ['CHANGE', 'SUCCEEDED', [['STATE_DIFFERS', 'OPERATOR']]],
  ])('that says %s, of a refund that is %s', (status, state, differences) => {
    expect(classified({ ...refundLine, status, refund: { ...refund, state } })).toEqual(differences);
  });

  it('that we never asked for still leads to its payment', () => {
    const [found] = classifyLine({ ...refundLine, outRefundNo: null, channelRefundNo: 'R1', refund: null });
    expect(found).toMatchObject({
      kind: 'ONLY_AT_CHANNEL',
      number: 'R1',
      orderId: attempt.orderId,
      refundId: null,
    });
  });
});
