import { feeOf } from '#libs/money';

export interface ChargeRates {
  /** Hundredths of a percent of the amount. */
  readonly feeBps: number;
  /** Micro-yuan, whole fen: no withdrawal costs less, unless `feeBps` is zero. */
  readonly minFee: bigint;
  /** Withheld for the tax office, in hundredths of a percent of the amount. */
  readonly taxBps: number;
}

export interface Charges {
  readonly fee: bigint;
  readonly tax: bigint;
  /** amount − fee − tax: what the payee gets. May be nothing or less for a tiny amount. */
  readonly net: bigint;
}

/** What a withdrawal costs its owner, in micro-yuan; each part a whole fen, rounded half up. */
export function chargesOf(amount: bigint, { feeBps, minFee, taxBps }: ChargeRates): Charges {
  const rated = feeOf(amount, feeBps);
  const fee = feeBps > 0 && rated < minFee ? minFee : rated;
  const tax = feeOf(amount, taxBps);
  return { fee, tax, net: amount - fee - tax };
}
