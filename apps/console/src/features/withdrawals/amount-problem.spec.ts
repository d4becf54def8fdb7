import { describe, expect, it } from '@jest/globals';
import { amountProblem } from './amount-problem';

const limits = {
  minAmount: '10.00',
  maxAmount: '50000.00',
  leftToday: '1000.00',
  leftThisMonth: '800.00',
  countLeftToday: 1,
};

describe('an amount that somebody wants to withdraw', () => {
  it('is all right up to the last fen of what is there and of each limit', () => {
    expect(amountProblem('800.00', '800.000000', limits)).toBeNull();
    expect(amountProblem('100000.00', undefined, undefined)).toBeNull();
  });

  it.each([
    ['tooMuch', '500.01', '500.00', {}],
    ['overToday', '700.01', '9000.00', { leftToday: '700.00' }],
    ['overMonth', '800.01', '9000.00', {}],
    ['overCount', '10.00', '9000.00', { countLeftToday: 0 }],
  ])('is %s at %s', (key, amount, available, change) => {
    expect(amountProblem(amount, available, { ...limits, ...change })?.key).toBe(key);
  });
});
