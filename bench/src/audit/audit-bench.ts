import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { migrate } from '#libs/database';
import { WITHDRAWAL_MIGRATIONS } from '../../../apps/withdrawal/src/migrations/index.js';
import { migratePayment } from '../payment-parts.js';
import { fillBook } from './fill-book.js';

export interface AuditFigures {
  readonly entries: number;
  readonly fillSeconds: number;
  readonly seconds: number;
  readonly entriesPerSecond: number;
  /** The most memory that the auditing process ever had, MiB. */
  readonly peakMb: number;
  /** What it printed, a line for each invariant with its time. */
  readonly report: string;
}

/** As small as the audit needs it: a book that took more memory for more entries would end it. */
const HEAP = ['--max-semi-space-size=8', '--max-old-space-size=192'];

/** Audits a book of so many entries, in a process of its own. */
export async function benchAudit(mysqlUrl: string, entries: number): Promise<AuditFigures> {
  const prefix = `audit_${entries}_`;
  const filledFrom = performance.now();
  await fillBook(mysqlUrl, `${prefix}wallet`, entries);
  await migratePayment(mysqlUrl, `${prefix}payment`);
  await migrate({ url: mysqlUrl, schema: `${prefix}withdrawal`, migrations: WITHDRAWAL_MIGRATIONS });
  const startedAt = performance.now();
  const child = fork(fileURLToPath(new URL('./audit-process.js', import.meta.url)), {
    execArgv: [...process.execArgv, ...HEAP],
    env: { ...process.env, MYSQL_URL: mysqlUrl, MYSQL_SCHEMA_PREFIX: prefix },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const lines: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => void lines.push(text));
  const ended = once(child, 'close');
  const [peakMb] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`The audit ended with ${String(code)}:\n${lines.join('')}`);
    }),
  ])) as [number];
  const seconds = (performance.now() - startedAt) / 1_000;
  const [code] = (await ended) as [number];
  const report = lines.join('');
  if (code !== 0) throw new Error(`A right book was found to be wrong:\n${report}`);
  const fillSeconds = (startedAt - filledFrom) / 1_000;
  return { entries, fillSeconds, seconds, entriesPerSecond: entries / seconds, peakMb, report };
}
