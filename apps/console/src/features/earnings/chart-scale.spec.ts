import { describe, expect, it } from '@jest/globals';
import { barsOf, beijingDay, daysBefore, heightOf, niceCeiling } from './chart-scale';

describe('the chart of earnings', () => {
  it('has a bar for each day, also where the API leaves one out', () => {
    const earned = { day: '2026-02-28', earned: '12.34', pending: '2.00', maturesOn: '2026-03-07' };
    expect(barsOf([earned], '2026-02-27', '2026-03-01')).toEqual([
      { day: '2026-02-27', earned: 0n, pending: 0n, maturesOn: null },
      { day: '2026-02-28', earned: 12_340_000n, pending: 2_000_000n, maturesOn: '2026-03-07' },
      { day: '2026-03-01', earned: 0n, pending: 0n, maturesOn: null },
    ]);
  });

  it('counts days in Beijing, whatever the clock here says', () => {
    expect(beijingDay(Date.parse('2026-11-20T15:59:59.999Z'))).toBe('2026-11-20');
    expect(beijingDay(Date.parse('2026-11-20T16:00:00.000Z'))).toBe('2026-11-21');
    expect(daysBefore('2026-03-01', 1)).toBe('2026-02-28');
  });

  it.each([
    [0n, 1_000_000n],
    [1n, 1n],
    [999_999n, 1_000_000n],
    [1_000_000n, 1_000_000n],
    [1_000_001n, 2_000_000n],
    [3_500_000n, 4_000_000n],
    [8_000_001n, 10_000_000n],
    [9_223_372_036_854_775_807n, 10_000_000_000_000_000_000n],
  ])('puts the top for %s at %s', (most, top) => {
    expect(niceCeiling(most)).toBe(top);
  });

  it('draws what is there in proportion, nothing as nothing, and the smallest sum so that one sees it', () => {
    expect(heightOf(500_000n, 1_000_000n)).toBe(500);
    expect(heightOf(1_000_000n, 1_000_000n)).toBe(1_000);
    expect(heightOf(0n, 1_000_000n)).toBe(0);
    expect(heightOf(1n, 1_000_000_000n)).toBeGreaterThan(0);
  });
});
