import { AmountError, MICROS_PER_FEN } from './units.js';

const BPS_PER_WHOLE = 10_000n;

/**
 * A fee of `bps` hundredths of a percent, rounded half up to a whole fen, as the channels' contracts say.
 * Never more than the amount itself.
 *
 * @param gross micro-yuan, not negative.
 */
export function feeOf(gross: bigint, bps: number): bigint {
  if (gross < 0n) throw new AmountError(`No fee can be taken of ${gross} micro-yuan`);
  if (!Number.isInteger(bps) || bps < 0 || bps > 10_000) throw new AmountError(`${bps} is no rate in basis points`);
  const divisor = BPS_PER_WHOLE * MICROS_PER_FEN;
  const fee = ((gross * BigInt(bps) + divisor / 2n) / divisor) * MICROS_PER_FEN;
  return fee > gross ? gross : fee;
}

/**
 * Splits an amount in proportion to weights by the largest-remainder method (Hamilton): each part is rounded down, and
 * what is left over goes, one micro each, to the largest remainders, the earlier part first. The parts sum to the whole.
 *
 * @param total micro-yuan, not negative.
 * @param weights not negative, at least one of them positive.
 */
export function splitByWeights(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (total < 0n || sum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new AmountError('Only an amount that is not negative can be split, by weights of which one is positive');
  }
  const parts = weights.map((weight) => (total * weight) / sum);
  const remainders = weights.map((weight, index) => ({ index, remainder: (total * weight) % sum }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const left = Number(total - parts.reduce((a, b) => a + b, 0n));
  for (const { index } of remainders.slice(0, left)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}
