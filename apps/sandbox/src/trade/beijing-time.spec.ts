import { describe, expect, it } from '@jest/globals';
import { endOfBeijingDay, formatBeijing, parseBeijing } from './beijing-time.js';

describe('Beijing time', () => {
  it('is eight hours ahead of UTC, over the turn of the day, whatever zone this process is in', () => {
    expect(formatBeijing(Date.parse('2026-11-20T16:30:05.999Z'))).toBe('2026-11-21 00:30:05');
  });

  it('reads what it writes', () => {
    expect(parseBeijing('2026-11-21 00:30:05')).toBe(Date.parse('2026-11-20T16:30:05Z'));
  });

  it('takes a time without seconds', () => {
    expect(parseBeijing('2026-11-21 00:30')).toBe(Date.parse('2026-11-20T16:30:00Z'));
  });

  it.each([
    '2026-02-30 00:00:00',
    '2026-13-01 00:00:00',
    '2026-11-20 24:00:00',
    '2026-11-20T09:00:00',
    '2026-11-20',
    '',
  ])('takes "%s" for no time', (text) => {
    expect(parseBeijing(text)).toBeUndefined();
  });

  it('ends its day at 16:00 UTC', () => {
    expect(endOfBeijingDay(Date.parse('2026-11-20T15:59:59Z'))).toBe(Date.parse('2026-11-20T16:00:00Z'));
    expect(endOfBeijingDay(Date.parse('2026-11-20T16:00:00Z'))).toBe(Date.parse('2026-11-21T16:00:00Z'));
  });
});
