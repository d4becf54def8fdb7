import { describe, expect, it } from '@jest/globals';
import type { payment } from '#libs/contracts';
import { summaryOf } from './summary.js';

const day: payment.Reconciliation = {
  id: '1',
  accountId: 'alipay-main',
  channel: 'alipay',
  billDate: '2026-11-20',
  state: 'DONE',
  billLines: 12,
  paymentsMatched: 9,
  refundsMatched: 1,
  paidAmount: 550_000_000n,
  refundedAmount: 20_000_000n,
  feeAmount: 3_300_000n,
  differences: 2,
  openDifferences: 1,
  startedAt: new Date('2026-11-21T03:00:00Z'),
  finishedAt: new Date('2026-11-21T03:00:02Z'),
  message: null,
};
const difference: payment.Difference = {
  id: '5',
  reconciliationId: '1',
  accountId: 'alipay-main',
  channel: 'alipay',
  billDate: '2026-11-20',
  kind: 'ONLY_HERE',
  state: 'OPEN',
  subject: 'payment',
  ourNumber: '77',
  channelNumber: null,
  rechargeId: '76',
  merchantId: '7',
  channelAmount: null,
  ourAmount: 50_000_000n,
  channelFee: null,
  ourFee: 300_000n,
  explanation: 'no bill has it',
  actions: ['accept'],
  reason: null,
  settledBy: null,
  approvedBy: null,
  settledAt: null,
  detectedAt: new Date('2026-11-21T03:00:01Z'),
};

describe('the printed summary', () => {
  it('says what the bill has, what agrees, what differs, and lists only what waits for somebody', () => {
    const repaired = { ...difference, id: '6', kind: 'FEE_DIFFERS', state: 'REPAIRED' } as const;
    expect(summaryOf(day, [difference, repaired])).toBe(
      [
        '2026-11-20  alipay-main  DONE',
        '  bill            12 lines, 550.00 yuan paid, 20.00 refunded, 3.30 fees',
        '  matched         9 payments, 1 refunds',
        '  differences     2, of which 1 open',
        '    FEE_DIFFERS REPAIRED               1',
        '    ONLY_HERE OPEN                     1',
        '  ! 5 ONLY_HERE payment 77 of recharge 76: no bill has it',
      ].join('\n'),
    );
  });

  it('says why a day is not done', () => {
    const waiting = { ...day, state: 'WAITING', message: 'not written yet' } as const;
    expect(summaryOf(waiting, [])).toBe('2026-11-20  alipay-main  WAITING: not written yet');
  });
});
