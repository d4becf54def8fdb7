import { describe, expect, it } from '@jest/globals';
import type { PayloadOf, payment } from '#libs/contracts';
import { codeOf } from '../ledger/chart-of-accounts.js';
import { assertBalanced, requestHash } from '../ledger/transfer.js';
import { rechargeTransfer } from './recharge.recipe.js';

const PAID: PayloadOf<typeof payment.orderPaid> = {
  orderId: '1234567890123456789',
  attemptId: '1234567890123456790',
  merchantId: '7',
  amount: 50_000_000n,
  fee: 300_000n,
  bonus: 0n,
  channel: 'alipay',
  channelTradeNo: '2026112022001400000000000001',
  paidAt: new Date('2026-11-20T03:04:05Z'),
};

const legsOf = (more: Partial<typeof PAID> = {}) =>
  rechargeTransfer({ ...PAID, ...more }, {}).legs.map(({ account, amount }) => [codeOf(account), amount]);

describe('the transfer of a paid recharge', () => {
  it('credits the merchant in full; the channel owes us the rest after its fee, which is our cost', () => {
    expect(legsOf()).toEqual([
      ['merchant_cash:7', 50_000_000n],
      ['system:alipay_clearing', -49_700_000n],
      ['system:channel_fee', -300_000n],
    ]);
  });

  it('is booked with the channel that was paid', () => {
    expect(legsOf({ channel: 'wechat' })[1]).toEqual(['system:wechat_clearing', -49_700_000n]);
  });

  it.each<[string, Partial<typeof PAID>, number]>([
    ['a fee', {}, 3],
    ['no fee', { fee: 0n }, 2],
    ['nothing but a fee', { fee: 50_000_000n }, 2],
    ['one fen', { amount: 10_000n, fee: 0n }, 2],
  ])('sums to zero with %s', (_what, more, legs) => {
    const transfer = rechargeTransfer({ ...PAID, ...more }, {});
    expect(() => assertBalanced(transfer)).not.toThrow();
    expect(transfer.legs).toHaveLength(legs);
  });

  it('is one per order and one per trade of the channel', () => {
    expect(rechargeTransfer(PAID, {})).toMatchObject({
      scope: 'recharge',
      idempotencyKey: PAID.orderId,
      reference: PAID.orderId,
      externalId: 'alipay:2026112022001400000000000001',
    });
  });

  it('is the same however often it is told and whoever asks, and another when any amount differs', () => {
    const hash = requestHash(rechargeTransfer(PAID, { requestId: 'a' }));
    expect(requestHash(rechargeTransfer(PAID, { requestId: 'b' }))).toEqual(hash);
    for (const more of [{ amount: 50_010_000n }, { fee: 0n }, { merchantId: '8' }, { channelTradeNo: '2' }]) {
      expect(requestHash(rechargeTransfer({ ...PAID, ...more }, {})).equals(hash)).toBe(false);
    }
  });
});
