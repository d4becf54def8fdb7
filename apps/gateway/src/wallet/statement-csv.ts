import { formatYuan } from '#libs/money';
import type { wallet } from '#libs/contracts';
import { stringify } from 'csv-stringify/sync';

type Line = readonly [
  seq: string,
  time: string,
  kind: string,
  reference: string,
  amount: string,
  balance: string,
  transfer: string,
];

const TITLES: Line = ['no', 'time', 'kind', 'reference', 'amount', 'balance after', 'transfer'];

const AMOUNTS: ReadonlySet<number> = new Set([TITLES.indexOf('amount'), TITLES.indexOf('balance after')]);
/** What spreadsheets take for the beginning of a formula (OWASP, "CSV injection"). */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8. What begins like a formula is made text; amounts
 * are written by us and stay numbers, also negative ones.
 */
function csv(lines: readonly Line[], bom = false): string {
  const cells = lines.map((line) =>
    line.map((text, column) => (FORMULA.test(text) && !AMOUNTS.has(column) ? `'${text}` : text)),
  );
  return stringify(cells, { bom });
}

export function csvHead(opening: bigint, from: Date | undefined): string {
  return csv([TITLES, balanceLine('opening balance', opening, from)], true);
}

export function csvLines(entries: readonly wallet.WalletEntry[]): string {
  return csv(
    entries.map(({ seq, createdAt, kind, reference, amount, balanceAfter, transferId }) => [
      String(seq),
      createdAt.toISOString(),
      kind,
      reference,
      formatYuan(amount),
      formatYuan(balanceAfter),
      transferId,
    ]),
  );
}

export function csvFoot(closing: bigint, to: Date | undefined): string {
  return csv([balanceLine('closing balance', closing, to)]);
}

const balanceLine = (what: string, balance: bigint, at: Date | undefined): Line => [
  '',
  at?.toISOString() ?? '',
  what,
  '',
  '',
  formatYuan(balance),
  '',
];
