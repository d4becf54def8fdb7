import { describe, expect, it } from '@jest/globals';
import { parseYuan } from '#libs/money';
import { assertAmount, assertWithinLimits, leftOf } from './limits.js';

const limits = {
  minAmount: parseYuan('10.00'),
  maxAmount: parseYuan('200.00'),
  amountPerDay: parseYuan('300.00'),
  amountPerMonth: parseYuan('1000.00'),
  countPerDay: 3,
};
const before = { today: 0n, thisMonth: 0n, countToday: 0 };

describe('an amount', () => {
  it.each(['10.00', '200.00'])('of %s is possible', (amount) => {
    expect(() => assertAmount(parseYuan(amount), limits)).not.toThrow();
  });

  it.each([
    [parseYuan('9.99'), 'must be from 10.00 to 200.00 yuan'],
    [parseYuan('200.01'), 'must be from 10.00 to 200.00 yuan'],
    [parseYuan('10.00') + 1n, 'must be whole fen'],
    [0n, 'must be from 10.00 to 200.00 yuan'],
  ])('of %s micro-yuan is refused, and says what is possible', (amount, message) => {
    expect(() => assertAmount(amount, limits)).toThrow(
      expect.objectContaining({
        code: 'AMOUNT_OUT_OF_RANGE',
        details: { errors: [{ field: 'amount', message }] },
      }),
    );
  });
});

describe('the limits', () => {
  it('leave what was not asked for yet, and never less than nothing', () => {
    const asked = { today: parseYuan('400.00'), thisMonth: parseYuan('600.00'), countToday: 5 };
    expect(leftOf(limits, asked)).toMatchObject({
      leftToday: 0n,
      leftThisMonth: parseYuan('400.00'),
      countLeftToday: 0,
    });
  });

  it('are full to the last cent', () => {
    const asked = { ...before, today: parseYuan('200.00') };
    expect(() => assertWithinLimits(parseYuan('100.00'), limits, asked)).not.toThrow();
    expect(() => assertWithinLimits(parseYuan('100.01'), limits, asked)).toThrow(
      '100.00 yuan are left today',
    );
  });

  it.each([
    ['of the month', { ...before, thisMonth: parseYuan('950.00') }, '50.00 yuan are left this month'],
    ['of how many', { ...before, countToday: 3 }, 'only 3 withdrawals a day are possible'],
  ])('%s are told by name', (_, asked, message) => {
    expect(() => assertWithinLimits(parseYuan('60.00'), limits, asked)).toThrow(message);
  });
});
