export type TypedAmount =
  | { readonly ok: true; /** As the API takes it, with two decimals: "50.00". */ readonly amount: string }
  | { readonly ok: false; readonly reason: 'empty' | 'malformed' | 'too-precise' | 'zero' };

const FULL_WIDTH_OFFSET = 0xfee0;
/** Twelve digits before the point are more than any channel takes; the API knows the real limit. */
const PAYABLE = /^(\d{1,12})(?:\.(\d*))?$/;

/**
 * What a person typed as an amount to pay, read exactly. A Chinese input method leaves full-width digits and its own
 * full stop behind, and pasted amounts bring a currency sign and thousands separators: all of that is forgiven.
 */
export function readTypedAmount(text: string): TypedAmount {
  const plain = text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replaceAll('。', '.')
    .replace(/[\s,¥￥]/g, '');
  if (plain === '') return { ok: false, reason: 'empty' };
  const [, whole, fraction = ''] = PAYABLE.exec(plain) ?? [];
  if (whole === undefined) return { ok: false, reason: 'malformed' };
  if (/[1-9]/.test(fraction.slice(2))) return { ok: false, reason: 'too-precise' };
  const amount = `${whole.replace(/^0+(?=\d)/, '')}.${fraction.slice(0, 2).padEnd(2, '0')}`;
  return /[1-9]/.test(amount) ? { ok: true, amount } : { ok: false, reason: 'zero' };
}
