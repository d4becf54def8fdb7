import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AmountError } from './units.js';
import { formatYuan, microsToYuanExact, parseYuan } from './yuan.js';

const MAX = 2n ** 63n - 1n;
const decimalsOfYuan = fc.integer({ min: 0, max: 6 });
const anyMicros = fc.bigInt({ min: -MAX, max: MAX });

describe('reading yuan', () => {
  it.each([
    ['0', 0n],
    ['0.00', 0n],
    ['50', 50_000_000n],
    ['50.0', 50_000_000n],
    ['50.00', 50_000_000n],
    ['0.01', 10_000n],
    ['1234567.89', 1_234_567_890_000n],
  ])('takes %s', (text, micros) => {
    expect(parseYuan(text)).toBe(micros);
  });

  it.each([
    ['', 'it is empty'],
    [' 50.00', 'without spaces'],
    ['50.00\n', 'without spaces'],
    ['5 0', 'without spaces'],
    ['-1', 'without a sign'],
    ['+1', 'without a sign'],
    ['−1', 'without a sign'],
    ['1e3', 'without an exponent'],
    ['1.5E3', 'without an exponent'],
    ['1,000.00', 'without separators between the digits'],
    ['1_000', 'without separators between the digits'],
    ['0x10', 'of the digits 0 to 9 and a point only'],
    ['５０', 'of the digits 0 to 9 and a point only'],
    ['NaN', 'of the digits 0 to 9 and a point only'],
    ['Infinity', 'of the digits 0 to 9 and a point only'],
    ['¥50', 'of the digits 0 to 9 and a point only'],
    ['.5', 'with digits on both sides of a single point'],
    ['5.', 'with digits on both sides of a single point'],
    ['1.2.3', 'with digits on both sides of a single point'],
    ['.', 'with digits on both sides of a single point'],
    ['007', 'without leading zeros'],
    ['00.50', 'without leading zeros'],
  ])('refuses %j and says: %s', (text, rule) => {
    expect(() => parseYuan(text)).toThrow(
      new AmountError(`must be plain decimal yuan such as "50.00": ${rule}`),
    );
  });

  it('refuses a third decimal, even a zero, unless it is asked to take it', () => {
    expect(() => parseYuan('0.001')).toThrow(new AmountError('must have at most 2 decimals'));
    expect(() => parseYuan('0.010')).toThrow(new AmountError('must have at most 2 decimals'));
    expect(parseYuan('0.000001', { maxDecimals: 6 })).toBe(1n);
    expect(parseYuan('5', { maxDecimals: 0 })).toBe(5_000_000n);
    expect(() => parseYuan('5.0', { maxDecimals: 0 })).toThrow(AmountError);
  });

  it('takes a minus only where a negative amount makes sense', () => {
    const signed = { allowNegative: true };
    expect(parseYuan('-0.01', signed)).toBe(-10_000n);
    expect(parseYuan('0.01', signed)).toBe(10_000n);
    expect(() => parseYuan('--1', signed)).toThrow('without a sign');
    expect(() => parseYuan('+1', signed)).toThrow('without a sign');
    expect(() => parseYuan('-', signed)).toThrow('it is empty');
  });

  it('takes what a 64-bit column holds and not a micro-yuan more', () => {
    expect(parseYuan('9223372036854.775807', { maxDecimals: 6 })).toBe(MAX);
    expect(() => parseYuan('9223372036854.775808', { maxDecimals: 6 })).toThrow('is larger than any amount');
    expect(() => parseYuan('9'.repeat(100_000))).toThrow('is larger than any amount');
  });

  it('does not promise decimals that micro-yuan do not have', () => {
    expect(() => parseYuan('0.0000001', { maxDecimals: 7 })).toThrow(RangeError);
  });
});

describe('writing yuan', () => {
  it.each([
    [0n, '0.00'],
    [50_000_000n, '50.00'],
    [50_100_000n, '50.10'],
    [12_345n, '0.012345'],
    [12_300n, '0.0123'],
    [1n, '0.000001'],
    [-10_000n, '-0.01'],
    [-50_000_001n, '-50.000001'],
    [MAX, '9223372036854.775807'],
  ])('%s micro-yuan are %s', (micros, text) => {
    expect(formatYuan(micros)).toBe(text);
  });

  it('reads back what it wrote, whatever the amount', () => {
    fc.assert(
      fc.property(anyMicros, (micros) => {
        expect(parseYuan(formatYuan(micros), { maxDecimals: 6, allowNegative: true })).toBe(micros);
      }),
    );
  });

  it('writes every amount in one way only', () => {
    fc.assert(
      fc.property(anyMicros, (micros) => {
        expect(formatYuan(micros)).toMatch(/^-?(0|[1-9]\d*)\.(\d\d|\d{2,5}[1-9])$/);
      }),
    );
  });
});

describe('writing yuan with a fixed number of decimals', () => {
  it.each([
    [50_000_000n, 2, '50.00'],
    [50_120_000n, 2, '50.12'],
    [10_000n, 2, '0.01'],
    [-10_000n, 2, '-0.01'],
    [50_000_000n, 0, '50'],
    [0n, 0, '0'],
    [1n, 6, '0.000001'],
  ])('%s micro-yuan with %s decimals are %s', (micros, decimals, text) => {
    expect(microsToYuanExact(micros, decimals)).toBe(text);
  });

  it('is exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), decimalsOfYuan, (units, decimals) => {
        const micros = units * 10n ** BigInt(6 - decimals);
        const text = microsToYuanExact(micros, decimals);
        expect(parseYuan(text, { maxDecimals: decimals, allowNegative: true })).toBe(micros);
        expect(text.split('.')[1]?.length ?? 0).toBe(decimals);
      }),
    );
  });

  it('is refused where a digit would be lost', () => {
    expect(() => microsToYuanExact(12_345n)).toThrow(
      new AmountError("12345 micro-yuan can't be written in yuan with 2 decimals"),
    );
    fc.assert(
      fc.property(anyMicros, fc.integer({ min: 0, max: 5 }), (micros, decimals) => {
        fc.pre(micros % 10n ** BigInt(6 - decimals) !== 0n);
        expect(() => microsToYuanExact(micros, decimals)).toThrow(AmountError);
      }),
    );
  });
});
