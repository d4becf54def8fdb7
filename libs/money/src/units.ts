/**
 * Micro-yuan in one yuan. Money is counted in micro-yuan as `bigint`: a CPM bid makes one impression cost fractions of
 * a cent, and no `number` can be trusted with either end of that range. (DESIGN §4)
 */
export const MICROS_PER_YUAN = 1_000_000n;
/** Micro-yuan in one fen, the smallest amount that a payment channel can move. */
export const MICROS_PER_FEN = 10_000n;

/** An amount that can't be read or converted without changing it. The message says which rule is broken. */
export class AmountError extends Error {
  override readonly name = 'AmountError';
}

/** Exact fen (1 CNY = 100 fen), as WeChat Pay counts. @throws AmountError when a fraction of a fen would be lost. */
export function microsToFen(micros: bigint): bigint {
  if (micros % MICROS_PER_FEN !== 0n)
    throw new AmountError(`${micros} micro-yuan are no whole number of fen`);
  return micros / MICROS_PER_FEN;
}

/** Micro-yuan of an amount in fen, as WeChat Pay gives it. Always exact. */
export function fenToMicros(fen: bigint): bigint {
  return fen * MICROS_PER_FEN;
}
