import { AmountError, MICROS_PER_YUAN } from './units.js';

const MICRO_DECIMALS = 6;
const CHANNEL_DECIMALS = 2;
/** What a signed 64-bit column holds. */
const MAX_MICROS = 2n ** 63n - 1n;

export interface ParseYuanOptions {
  /** At most this many digits after the point; 2 by default, 6 at most. */
  readonly maxDecimals?: number;
}

/**
 * Reads decimal yuan such as `"50"`, `"50.0"` or `"50.00"` as micro-yuan. Strict on purpose: no sign, exponent, blank,
 * separator or leading zero, because what is lenient here differs from what some other system reads.
 *
 * @throws AmountError that says which rule is broken.
 */
export function parseYuan(text: string, { maxDecimals = CHANNEL_DECIMALS }: ParseYuanOptions = {}): bigint {
  const match = /^(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new AmountError('must be plain decimal yuan such as "50.00"');
  const [, whole = '0', fraction = ''] = match;
  if (fraction.length > maxDecimals) throw new AmountError(`must have at most ${maxDecimals} decimals`);
  if (whole.length > 13) throw new AmountError('is larger than any amount this ledger can hold');
  const micros = BigInt(whole) * MICROS_PER_YUAN + BigInt(fraction.padEnd(MICRO_DECIMALS, '0'));
  if (micros > MAX_MICROS) throw new AmountError('is larger than any amount this ledger can hold');
  return micros;
}

/** Decimal yuan with at least two decimals, and up to six where the amount needs them: `"50.00"`, `"0.012345"`. */
export function formatYuan(micros: bigint): string {
  const sign = micros < 0n ? '-' : '';
  const absolute = micros < 0n ? -micros : micros;
  const fraction = (absolute % MICROS_PER_YUAN).toString().padStart(MICRO_DECIMALS, '0');
  const shown = fraction.slice(0, CHANNEL_DECIMALS) + fraction.slice(CHANNEL_DECIMALS).replace(/0+$/, '');
  return `${sign}${absolute / MICROS_PER_YUAN}.${shown}`;
}
