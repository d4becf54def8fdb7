import { describe, expect, it } from '@jest/globals';
import { CallLimit } from './call-limit.js';

describe('the limit of calls a second', () => {
  it('lets through what it may, and refuses the rest of the second', () => {
    const limit = new CallLimit(3);

    expect([0, 1, 2, 3, 999].map((now) => limit.tryCall(now))).toEqual([true, true, true, false, false]);
  });

  it('lets one more through for each call that is a second old', () => {
    const limit = new CallLimit(2);
    limit.tryCall(0);
    limit.tryCall(600);

    expect([999, 1000, 1001, 1599, 1600].map((now) => limit.tryCall(now))).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('never lets more through in any second, not even at the turn of one', () => {
    const limit = new CallLimit(100);
    const passed: number[] = [];
    // Seven seconds of calls at every tenth of a millisecond with pauses of uneven length.
    for (let now = 900.1; now < 8000; now += now % 7 < 3 ? 0.1 : 41.3) {
      if (limit.tryCall(now)) passed.push(now);
    }

    const inSecondFrom = (at: number) => passed.filter((time) => time >= at && time < at + 1000).length;
    expect(Math.max(...passed.map(inSecondFrom))).toBe(100);
  });

  it('counts what it refused and the most that it let through', () => {
    const limit = new CallLimit(2);
    for (const now of [0, 10, 20, 5000]) limit.tryCall(now);

    expect(limit.statistics()).toEqual({ callsPerSecond: 2, refused: 1, highestInOneSecond: 2 });
  });
});
