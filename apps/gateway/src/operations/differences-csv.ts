import { formatYuan } from '#libs/money';
import type { payment } from '#libs/contracts';
import { stringify } from 'csv-stringify/sync';

const yuan = (amount: bigint | null): string => (amount === null ? '' : formatYuan(amount));

const COLUMNS: readonly [title: string, value: (difference: payment.Difference) => string][] = [
  ['id', ({ id }) => id],
  ['account', ({ accountId }) => accountId],
  ['bill date', ({ billDate }) => billDate],
  ['kind', ({ kind }) => kind],
  ['state', ({ state }) => state],
  ['subject', ({ subject }) => subject],
  ['our number', ({ ourNumber }) => ourNumber ?? ''],
  ['channel number', ({ channelNumber }) => channelNumber ?? ''],
  ['recharge', ({ rechargeId }) => rechargeId ?? ''],
  ['merchant', ({ merchantId }) => merchantId ?? ''],
  ['amount at channel', ({ channelAmount }) => yuan(channelAmount)],
  ['amount here', ({ ourAmount }) => yuan(ourAmount)],
  ['fee at channel', ({ channelFee }) => yuan(channelFee)],
  ['fee here', ({ ourFee }) => yuan(ourFee)],
  ['explanation', ({ explanation }) => explanation],
  ['reason', ({ reason }) => reason ?? ''],
  ['settled by', ({ settledBy }) => settledBy ?? ''],
  ['approved by', ({ approvedBy }) => approvedBy ?? ''],
  ['settled at', ({ settledAt }) => settledAt?.toISOString() ?? ''],
  ['detected at', ({ detectedAt }) => detectedAt.toISOString()],
];

/**
 * RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8. What begins like a formula is quoted as text
 * (OWASP, "CSV injection"), and ids stay whole, since a spreadsheet would round numbers of 19 digits.
 */
export function differencesCsv(differences: readonly payment.Difference[]): string {
  return stringify(
    differences.map((difference) => COLUMNS.map(([, value]) => value(difference))),
    { header: true, columns: COLUMNS.map(([title]) => title), bom: true, escape_formulas: true },
  );
}
