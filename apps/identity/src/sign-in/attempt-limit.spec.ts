import { describe, expect, it } from '@jest/globals';
import { ADDRESS_LIMIT, EMAIL_LIMIT, admit, type AttemptLimit, type FailureCount } from './attempt-limit.js';

const MINUTE_MS = 60_000;
const START = new Date('2026-03-01T08:00:00.000Z');

function minutesAfter(start: Date, minutes: number): Date {
  return new Date(start.getTime() + minutes * MINUTE_MS);
}

/** Somebody who fails at each of these moments (minutes after the start); what the count says after the last. */
function failing(atMinutes: readonly number[], limit: AttemptLimit = EMAIL_LIMIT) {
  let count: FailureCount | null = null;
  for (const minute of atMinutes) {
    const admission = admit(count, limit, minutesAfter(START, minute));
    if (!admission.admitted) throw new Error(`refused at minute ${minute}`);
    count = admission.count;
  }
  return count;
}

function lockMinutes(count: FailureCount | null, since: Date): number | null {
  return count?.lockedUntil ? (count.lockedUntil.getTime() - since.getTime()) / MINUTE_MS : null;
}

describe('the limit on failed sign-ins', () => {
  it('lets four failures pass without a lock, and locks for a minute at the fifth', () => {
    expect(failing([0, 0, 0, 0])?.lockedUntil).toBeNull();
    expect(lockMinutes(failing([0, 0, 0, 0, 0]), START)).toBe(1);
  });

  it('refuses during the lock and admits from its very end', () => {
    const locked = failing([0, 0, 0, 0, 0]);
    expect(admit(locked, EMAIL_LIMIT, minutesAfter(START, 0.999))).toEqual({
      admitted: false,
      lockedUntil: minutesAfter(START, 1),
    });
    expect(admit(locked, EMAIL_LIMIT, minutesAfter(START, 1)).admitted).toBe(true);
  });

  it('doubles the lock with every further failure, up to fifteen minutes', () => {
    const moments = [0, 0, 0, 0, 0];
    const locks: (number | null)[] = [];
    for (let failure = 5; failure <= 11; failure += 1) {
      const at = moments.at(-1) ?? 0;
      const lock = lockMinutes(failing(moments), minutesAfter(START, at));
      locks.push(lock);
      moments.push(at + (lock ?? 0));
    }
    expect(locks).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  it('counts failures that are less than fifteen minutes apart, and forgets them after that', () => {
    expect(failing([0, 14, 28, 42, 56])?.lockedUntil).not.toBeNull();
    expect(failing([0, 0, 0, 0, 15])?.failures).toBe(1);
  });

  it('remembers the earlier locks for fifteen minutes after the last one ended', () => {
    expect(lockMinutes(failing([0, 0, 0, 0, 0, 15.9]), minutesAfter(START, 15.9))).toBe(2);
    expect(failing([0, 0, 0, 0, 0, 16])?.failures).toBe(1);
  });

  it('does not lengthen a lock by refused attempts', () => {
    const locked = failing([0, 0, 0, 0, 0]);
    for (let seconds = 0; seconds < 60; seconds += 1) {
      expect(admit(locked, EMAIL_LIMIT, minutesAfter(START, seconds / 60))).toEqual({
        admitted: false,
        lockedUntil: minutesAfter(START, 1),
      });
    }
  });

  it('gives one address a hundred failures before it locks', () => {
    expect(failing(Array<number>(99).fill(0), ADDRESS_LIMIT)?.lockedUntil).toBeNull();
    expect(lockMinutes(failing(Array<number>(100).fill(0), ADDRESS_LIMIT), START)).toBe(1);
  });
});
