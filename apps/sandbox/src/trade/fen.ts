/** The largest amount Alipay takes in one trade: 100,000,000 yuan. */
export const MAX_FEN = 10_000_000_000n;

const YUAN = /^(0|[1-9]\d{0,8})(?:\.(\d{1,2}))?$/;

/**
 * Decimal yuan as the channels write it (`"50"`, `"50.0"`, `"50.00"`) in fen; `undefined` when it is no such amount. The
 * sandbox counts for itself, in fen and without the platform's money library, so that the two check each other.
 */
export function parseYuan(text: string): bigint | undefined {
  const match = YUAN.exec(text);
  if (!match) return undefined;
  const [, yuan = '0', fraction = ''] = match;
  return BigInt(yuan) * 100n + BigInt(fraction.padEnd(2, '0'));
}

/** Fen as yuan with two decimals: 5000n → `"50.00"`. */
export function formatYuan(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}
