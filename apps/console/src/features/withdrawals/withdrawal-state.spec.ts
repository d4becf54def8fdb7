import { describe, expect, it } from '@jest/globals';
import { isUnderWay, nextOf, WITHDRAWAL_STATES } from './withdrawal-state';

const paying = { state: 'PAYING', method: 'wechat', confirmation: null, problem: null } as const;

describe('what happens next with a withdrawal', () => {
  it('is for its owner to do only where WeChat waits for them', () => {
    expect(nextOf({ ...paying, confirmation: 'https://channel.test/confirm' })).toBe('confirm');
    expect(nextOf(paying)).toBe('atChannel');
  });

  it('takes days at the bank, and the next file before', () => {
    expect(nextOf({ ...paying, method: 'bank' })).toBe('atBank');
    expect(nextOf({ ...paying, method: 'bank', state: 'APPROVED' })).toBe('bankFile');
    expect(nextOf({ ...paying, state: 'APPROVED' })).toBe('sending');
  });

  it('is no fault of the owner while we are short of funds', () => {
    expect(nextOf({ ...paying, problem: 'SHORT_OF_FUNDS' })).toBe('delayed');
  });

  it('is over in each state that nothing leads out of by itself, and nowhere else', () => {
    const over = WITHDRAWAL_STATES.filter((state) => !isUnderWay(state));
    expect(over.map((state) => nextOf({ ...paying, state }))).toEqual([
      'paid',
      'refused',
      'rejected',
      'cancelled',
      'failed',
      'returned',
    ]);
  });
});
