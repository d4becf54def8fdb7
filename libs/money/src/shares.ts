import { AmountError, fenToMicros, microsToFen } from './units.js';

/** Basis points (hundredths of a percent) in a whole. */
const BPS_PER_WHOLE = 10_000;

/**
 * A quotient rounded to the nearest whole number, a half upwards (towards positive infinity: −2.5 becomes −2).
 *
 * @param denominator more than zero.
 */
export function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError(`${denominator} is no denominator: it must be more than zero`);
  const doubled = 2n * numerator + denominator;
  const whole = doubled / (2n * denominator);
  // `bigint` division cuts towards zero; below zero that is one too many unless it came out even.
  return doubled < 0n && doubled % (2n * denominator) !== 0n ? whole - 1n : whole;
}

/**
 * The channel's fee for a trade: `bps` hundredths of a percent, rounded half up to a whole fen, as the channels'
 * contracts say. So it is never more than the trade itself.
 *
 * @param gross micro-yuan, not negative, whole fen (as all that a channel moves).
 * @param bps 0 to 10,000; 60 is 0.6 %.
 * @throws AmountError when `gross` is no amount that a channel can move.
 */
export function feeOf(gross: bigint, bps: number): bigint {
  if (gross < 0n) throw new AmountError(`No fee can be taken of ${gross} micro-yuan`);
  if (!Number.isInteger(bps) || bps < 0 || bps > BPS_PER_WHOLE) {
    throw new RangeError(`${bps} is no rate: 0 to ${BPS_PER_WHOLE} basis points`);
  }
  return fenToMicros(roundHalfUp(microsToFen(gross) * BigInt(bps), BigInt(BPS_PER_WHOLE)));
}

/**
 * Splits an amount in proportion to weights by the largest-remainder method (Hamilton): each part is rounded down, and
 * what is left over goes, one micro-yuan each, to the largest remainders, the earlier part first. The parts sum to the
 * whole, none is a micro-yuan or more from its exact share, and a part without weight gets nothing.
 *
 * @param total micro-yuan, not negative.
 * @param weights not negative, at least one of them positive.
 * @returns one part a weight, in micro-yuan, in the same order.
 */
export function splitByWeights(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (total < 0n || sum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new AmountError(
      'Only an amount that is not negative can be split, by weights of which one is positive',
    );
  }
  const shares = weights.map((weight, index) => {
    const exact = total * weight;
    return { index, part: exact / sum, remainder: exact % sum };
  });
  const left = Number(total - shares.reduce((given, { part }) => given + part, 0n));
  const byRemainder = shares.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder.slice(0, left)) share.part += 1n;
  return shares.map(({ part }) => part);
}
