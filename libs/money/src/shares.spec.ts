import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { feeOf, roundHalfUp, splitByWeights } from './shares.js';
import { AmountError, MICROS_PER_FEN, fenToMicros, microsToFen } from './units.js';

const total = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 })
  .filter((list) => list.some((weight) => weight > 0n));

describe('fen', () => {
  it('are exact both ways', () => {
    fc.assert(
      fc.property(total, (fen) => {
        expect(microsToFen(fenToMicros(fen))).toBe(fen);
      }),
    );
    expect(microsToFen(50_000_000n)).toBe(5_000n);
    expect(microsToFen(-10_000n)).toBe(-1n);
  });

  it('are refused where a fraction of a fen would be lost', () => {
    expect(() => microsToFen(10_001n)).toThrow(
      new AmountError('10001 micro-yuan are no whole number of fen'),
    );
    expect(() => microsToFen(-1n)).toThrow(AmountError);
  });
});

describe('rounding half up', () => {
  it.each([
    [5n, 2n, 3n],
    [4n, 2n, 2n],
    [7n, 3n, 2n],
    [8n, 3n, 3n],
    [1n, 3n, 0n],
    [-5n, 2n, -2n],
    [-7n, 2n, -3n],
    [-7n, 3n, -2n],
    [-8n, 3n, -3n],
    [0n, 7n, 0n],
  ])('%s / %s is %s', (numerator, denominator, rounded) => {
    expect(roundHalfUp(numerator, denominator)).toBe(rounded);
  });

  it('is the nearest whole number, and of two equally near ones the upper', () => {
    const numerator = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    const denominator = fc.bigInt({ min: 1n, max: 10n ** 10n });
    fc.assert(
      fc.property(numerator, denominator, (above, below) => {
        const twiceTheError = 2n * (roundHalfUp(above, below) * below - above);
        expect(twiceTheError).toBeGreaterThan(-below);
        expect(twiceTheError).toBeLessThanOrEqual(below);
      }),
    );
  });

  it('needs a denominator above zero', () => {
    expect(() => roundHalfUp(1n, 0n)).toThrow(RangeError);
    expect(() => roundHalfUp(1n, -2n)).toThrow(RangeError);
  });
});

describe("a channel's fee", () => {
  it.each([
    ['0.6 % of 50.00 yuan', 50_000_000n, 60, 300_000n],
    ['0.6 % of 0.83 yuan: 0.498 fen are nothing', 830_000n, 60, 0n],
    ['0.6 % of 0.84 yuan: 0.504 fen are one', 840_000n, 60, 10_000n],
    ['0.5 % of 1.00 yuan: half a fen is one', 1_000_000n, 50, 10_000n],
    ['nothing of anything', 50_000_000n, 0, 0n],
    ['all of it', 50_000_000n, 10_000, 50_000_000n],
    ['0.6 % of nothing', 0n, 60, 0n],
  ])('is %s', (_words, gross, bps, fee) => {
    expect(feeOf(gross, bps)).toBe(fee);
  });

  it('is whole fen, never negative, and never more than the trade', () => {
    const fen = fc.bigInt({ min: 0n, max: 10n ** 13n });
    fc.assert(
      fc.property(fen, fc.integer({ min: 0, max: 10_000 }), (grossFen, bps) => {
        const gross = fenToMicros(grossFen);
        const fee = feeOf(gross, bps);
        expect(fee % MICROS_PER_FEN).toBe(0n);
        expect(fee).toBeGreaterThanOrEqual(0n);
        expect(fee).toBeLessThanOrEqual(gross);
      }),
    );
  });

  it('is not taken of what no channel can move, nor at a rate that is none', () => {
    expect(() => feeOf(-10_000n, 60)).toThrow(AmountError);
    expect(() => feeOf(12_345n, 60)).toThrow('no whole number of fen');
    expect(() => feeOf(10_000n, 0.6)).toThrow(RangeError);
    expect(() => feeOf(10_000n, 10_001)).toThrow(RangeError);
    expect(() => feeOf(10_000n, -1)).toThrow(RangeError);
  });
});

describe('splitting an amount', () => {
  it('gives what is left over to the largest remainders, the earlier part first', () => {
    expect(splitByWeights(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(splitByWeights(2n, [1n, 1n, 1n])).toEqual([1n, 1n, 0n]);
    expect(splitByWeights(10n, [1n, 2n, 4n])).toEqual([1n, 3n, 6n]);
    expect(splitByWeights(7n, [70n, 30n])).toEqual([5n, 2n]);
    expect(splitByWeights(1n, [0n, 5n, 5n])).toEqual([0n, 1n, 0n]);
    expect(splitByWeights(0n, [3n, 4n])).toEqual([0n, 0n]);
  });

  it('loses and invents nothing', () => {
    fc.assert(
      fc.property(total, weights, (whole, list) => {
        const parts = splitByWeights(whole, list);
        expect(parts).toHaveLength(list.length);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(whole);
      }),
    );
  });

  it('puts nobody a whole micro-yuan from the exact share, and gives nothing to a part without weight', () => {
    fc.assert(
      fc.property(total, weights, (whole, list) => {
        const sum = list.reduce((a, b) => a + b, 0n);
        for (const [index, part] of splitByWeights(whole, list).entries()) {
          const weight = list[index] ?? 0n;
          const error = part * sum - whole * weight;
          expect(error > -sum && error < sum).toBe(true);
          expect(weight > 0n || part === 0n).toBe(true);
        }
      }),
    );
  });

  it('refuses weights that say nothing', () => {
    expect(() => splitByWeights(1n, [])).toThrow(AmountError);
    expect(() => splitByWeights(1n, [0n, 0n])).toThrow(AmountError);
    expect(() => splitByWeights(1n, [2n, -1n])).toThrow(AmountError);
    expect(() => splitByWeights(-1n, [1n])).toThrow(AmountError);
  });
});
