import { describe, expect, it } from '@jest/globals';
import { readTypedAmount } from './typed-amount';
import { formatYuan, parseYuan, yuanParts } from './yuan';

describe('yuan', () => {
  it('reads what the API writes, to the micro-yuan', () => {
    expect(parseYuan('50.00')).toBe(50_000_000n);
    expect(parseYuan('0.000001')).toBe(1n);
    expect(parseYuan('-12.3')).toBe(-12_300_000n);
    expect(parseYuan('9223372036854.775807')).toBe(2n ** 63n - 1n);
  });

  it.each(['', '1e3', '1,000.00', '.5', '1.', '0.0000001', 'NaN'])('refuses %j', (text) => {
    expect(() => parseYuan(text)).toThrow(RangeError);
  });

  it('groups thousands and shows at least two decimals', () => {
    expect(formatYuan('1284350.5')).toBe('¥1,284,350.50');
    expect(formatYuan('0')).toBe('¥0.00');
    expect(formatYuan('0.001250')).toBe('¥0.00125');
    expect(formatYuan('-1000')).toBe('−¥1,000.00');
  });

  it('shows a plus only where it is asked for, and never on nothing', () => {
    expect(yuanParts(1_000_000n, true).sign).toBe('+');
    expect(yuanParts(1_000_000n).sign).toBe('');
    expect(yuanParts(0n, true).sign).toBe('');
  });
});

describe('a typed amount', () => {
  it.each([
    ['50', '50.00'],
    ['50.5', '50.50'],
    ['007.10', '7.10'],
    ['1,000', '1000.00'],
    ['¥ 88.80', '88.80'],
    ['１００．５', '100.50'],
    ['１０。５', '10.50'],
    ['0.01', '0.01'],
    ['3.', '3.00'],
    ['1.5000', '1.50'],
    ['999999999999.99', '999999999999.99'],
  ])('%j is %s', (typed, amount) => {
    expect(readTypedAmount(typed)).toEqual({ ok: true, amount });
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['0', 'zero'],
    ['0.00', 'zero'],
    ['1.005', 'too-precise'],
    ['-5', 'malformed'],
    ['1e3', 'malformed'],
    ['five', 'malformed'],
    ['1.2.3', 'malformed'],
    ['1234567890123', 'malformed'],
  ])('%j is refused as %s', (typed, reason) => {
    expect(readTypedAmount(typed)).toEqual({ ok: false, reason });
  });
});
