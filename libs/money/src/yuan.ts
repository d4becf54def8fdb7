import { AmountError, MICROS_PER_YUAN } from './units.js';

/** Decimals that micro-yuan have. */
const MICRO_DECIMALS = 6;
/** Decimals that people and channels write: whole fen. */
const FEN_DECIMALS = 2;
/** What a signed 64-bit column holds: 9,223,372,036,854.775807 yuan. */
const MAX_MICROS = 2n ** 63n - 1n;
const MAX_WHOLE_DIGITS = 13;

export interface ParseYuanOptions {
  /** At most this many digits after the point; 2 by default, 6 (whole micro-yuan) at most. */
  readonly maxDecimals?: number;
  /** Whether one leading minus is read; no by default. */
  readonly allowNegative?: boolean;
}

/** The first rule that a text breaks is the one its writer hears of, so the more telling ones come first. */
const RULES: readonly (readonly [broken: RegExp, rule: string])[] = [
  [/^$/, 'it is empty'],
  [/\s/, 'without spaces'],
  [/^[+\-−]/, 'without a sign'],
  [/^\d[\d.]*e/i, 'without an exponent'],
  [/^\d[\d.]*[,_'’]/, 'without separators between the digits'],
  [/[^\d.]/, 'of the digits 0 to 9 and a point only'],
  [/^\.|\.$|\..*\./, 'with digits on both sides of a single point'],
  [/^0\d/, 'without leading zeros'],
];

/**
 * Reads decimal yuan such as `"50"`, `"50.0"` or `"50.00"` as micro-yuan. Strict on purpose (no sign, exponent, blank,
 * separator or leading zero): wherever one reader is more lenient than another, two systems see two amounts.
 *
 * @throws AmountError that says which rule is broken, worded to follow the name of a field.
 */
export function parseYuan(
  text: string,
  { maxDecimals = FEN_DECIMALS, allowNegative = false }: ParseYuanOptions = {},
): bigint {
  assertDecimals(maxDecimals);
  const negative = allowNegative && text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  const broken = RULES.find(([pattern]) => pattern.test(digits));
  if (broken) throw new AmountError(`must be plain decimal yuan such as "50.00": ${broken[1]}`);
  const [whole = '', fraction = ''] = digits.split('.');
  if (fraction.length > maxDecimals) throw new AmountError(`must have at most ${maxDecimals} decimals`);
  const micros =
    whole.length > MAX_WHOLE_DIGITS
      ? MAX_MICROS + 1n
      : BigInt(whole) * MICROS_PER_YUAN + BigInt(fraction.padEnd(MICRO_DECIMALS, '0'));
  if (micros > MAX_MICROS) throw new AmountError('is larger than any amount that can be stored');
  return negative ? -micros : micros;
}

/** Decimal yuan with at least two decimals, and up to six where the amount needs them: `"50.00"`, `"0.012345"`. */
export function formatYuan(micros: bigint): string {
  const exact = microsToYuanExact(micros, MICRO_DECIMALS);
  const point = exact.length - MICRO_DECIMALS;
  return exact.slice(0, point + FEN_DECIMALS) + exact.slice(point + FEN_DECIMALS).replace(/0+$/, '');
}

/**
 * Decimal yuan with exactly so many decimals, as Alipay wants its amounts (`total_amount`: two).
 *
 * @param decimals 0 to 6; 2 by default.
 * @throws AmountError when digits would be lost: a channel must never be sent an amount that differs from the books.
 */
export function microsToYuanExact(micros: bigint, decimals: number = FEN_DECIMALS): string {
  assertDecimals(decimals);
  const absolute = micros < 0n ? -micros : micros;
  const unit = 10n ** BigInt(MICRO_DECIMALS - decimals);
  if (absolute % unit !== 0n) {
    throw new AmountError(`${micros} micro-yuan can't be written in yuan with ${decimals} decimals`);
  }
  const digits = (absolute / unit).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const sign = micros < 0n ? '-' : '';
  return sign + digits.slice(0, point) + (decimals === 0 ? '' : `.${digits.slice(point)}`);
}

/** A wrong number of decimals is a mistake in the program, not in an amount. */
function assertDecimals(decimals: number): void {
  if (Number.isInteger(decimals) && decimals >= 0 && decimals <= MICRO_DECIMALS) return;
  throw new RangeError(`${decimals} decimals: micro-yuan have 0 to ${MICRO_DECIMALS}`);
}
