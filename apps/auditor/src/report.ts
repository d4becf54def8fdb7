import { formatYuan } from '#libs/money';
import type { Books, Invariant, OffendingRow } from './invariant.js';

export interface Finding {
  readonly invariant: Invariant;
  readonly rows: readonly OffendingRow[];
  readonly tookMs: number;
}

const print = (line: string) => process.stdout.write(`${line}\n`);

/** @returns the exit code: 0 when every invariant holds. */
export async function printReport(books: Books, findings: readonly Finding[]): Promise<number> {
  print(
    `Audit of ${books.wallet.schema}, ${books.payment.schema} and ${books.withdrawal.schema}: ${await sizeOf(books)}`,
  );
  for (const { invariant, rows, tookMs } of findings) {
    const verdict = rows.length === 0 ? '  ok    ' : '  WRONG ';
    print(
      `${verdict} ${invariant.name.padEnd(32)} ${Math.round(tookMs).toString().padStart(6)} ms  ${invariant.rule}`,
    );
    for (const row of rows) print(`         ${JSON.stringify(row)}`);
  }
  for (const line of await balancesOf(books)) print(line);
  const broken = findings.filter(({ rows }) => rows.length > 0);
  print(
    broken.length === 0
      ? `All ${findings.length} invariants hold.`
      : `${broken.length} of ${findings.length} invariants are broken: ${broken.map(({ invariant }) => invariant.name).join(', ')}.`,
  );
  return broken.length === 0 ? 0 : 1;
}

async function sizeOf({ wallet }: Books): Promise<string> {
  const [row] = await wallet.query<{ accounts: string; transfers: string; entries: string }>(
    'SELECT (SELECT COUNT(*) FROM `account`) AS `accounts`, (SELECT COUNT(*) FROM `transfer`) AS `transfers`, (SELECT COUNT(*) FROM `entry`) AS `entries`',
  );
  return `${row?.accounts} accounts, ${row?.transfers} transfers, ${row?.entries} entries`;
}

async function balancesOf({ wallet }: Books): Promise<string[]> {
  const rows = await wallet.query<{ kind: string; accounts: string; posted: string }>(
    'SELECT `kind`, COUNT(*) AS `accounts`, SUM(`posted`) AS `posted` FROM `account` GROUP BY `kind` ORDER BY `kind`',
  );
  return rows.map(
    ({ kind, accounts, posted }) =>
      `   ${kind.padEnd(24)} ${formatYuan(BigInt(posted)).padStart(24)} CNY in ${accounts} account(s)`,
  );
}
