/**
 * Exact yuan in the browser. The API tells amounts as decimal strings ("50.00"); here they are counted in `bigint`
 * micro-yuan, so no amount is ever a floating-point number.
 */

const MICROS_PER_YUAN = 1_000_000n;
const DECIMALS = 6;
const API_AMOUNT = /^(-?)(\d+)(?:\.(\d{1,6}))?$/;

/** @throws RangeError when the text is no amount as the API writes them. */
export function parseYuan(text: string): bigint {
  const [, sign, whole, fraction = ''] = API_AMOUNT.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`"${text}" is no amount in yuan`);
  const micros = BigInt(whole) * MICROS_PER_YUAN + BigInt(fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -micros : micros;
}

/** As the API writes amounts: at least two decimals, no grouping. */
export function decimalYuan(micros: bigint): string {
  const { sign, whole, fraction } = yuanParts(micros);
  return `${sign === '−' ? '-' : ''}${whole.replaceAll(',', '')}.${fraction}`;
}

export interface YuanParts {
  /** `+`, a true minus sign, or nothing. */
  readonly sign: '' | '+' | '−';
  /** Grouped by thousands. */
  readonly whole: string;
  /** At least two digits: more only where a fraction of a cent is meant. */
  readonly fraction: string;
}

export function yuanParts(micros: bigint, signed = false): YuanParts {
  const magnitude = micros < 0n ? -micros : micros;
  const whole = (magnitude / MICROS_PER_YUAN).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = (magnitude % MICROS_PER_YUAN)
    .toString()
    .padStart(DECIMALS, '0')
    .replace(/0{1,4}$/, '');
  const plus = signed && micros > 0n ? '+' : '';
  return { sign: micros < 0n ? '−' : plus, whole, fraction };
}

/** `¥1,284.50`, for sentences, labels and screen readers. */
export function formatYuan(amount: string | bigint): string {
  const { sign, whole, fraction } = yuanParts(typeof amount === 'bigint' ? amount : parseYuan(amount));
  return `${sign}¥${whole}.${fraction}`;
}
