import { describe, expect, it } from '@jest/globals';
import { expiryOf } from './expiry.js';

const NOW = Date.parse('2026-11-20T01:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

describe('the expiry of a trade', () => {
  it.each([
    [{}, NOW + 15 * DAY_MS],
    [{ timeout_express: '1m' }, NOW + MINUTE_MS],
    [{ timeout_express: '90m' }, NOW + 90 * MINUTE_MS],
    [{ timeout_express: '2h' }, NOW + 120 * MINUTE_MS],
    [{ timeout_express: '15d' }, NOW + 15 * DAY_MS],
    [{ timeout_express: '1c' }, Date.parse('2026-11-20T16:00:00Z')],
    [{ time_expire: '2026-11-20 09:30:00' }, NOW + 30 * MINUTE_MS],
    [{ time_expire: '2026-11-20 09:30:00', timeout_express: '1m' }, NOW + 30 * MINUTE_MS],
    // In the past: the trade can't be opened, which is not for this function to say.
    [{ time_expire: '2026-11-20 08:59:59' }, NOW - 1000],
  ])('of %j', (terms, expected) => {
    expect(expiryOf(terms, NOW)).toBe(expected);
  });

  it.each([
    { timeout_express: '0m' },
    { timeout_express: '1.5h' },
    { timeout_express: '16d' },
    { timeout_express: '30' },
    { timeout_express: '2c' },
    { time_expire: 'soon' },
    { time_expire: '2026-12-05 09:00:01' },
  ])('is refused for %j', (terms) => {
    expect(expiryOf(terms, NOW)).toBeUndefined();
  });
});
