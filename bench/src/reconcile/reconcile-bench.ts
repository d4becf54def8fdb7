import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Connection, createConnection } from 'mysql2/promise';
import { type Shard, allShards, tableNames } from '#libs/orders';
import { spanOf } from '#libs/calendar';
import { fill } from '../fill/fill.js';
import { migratePayment } from '../payment-parts.js';

export interface ReconcileFigures {
  readonly lines: number;
  readonly seconds: number;
  readonly linesPerSecond: number;
  /** The most memory that the process that did it ever had, MiB. */
  readonly peakMb: number;
  readonly matched: number;
  readonly differences: number;
}

/**
 * V8 lets a heap grow for as long as there is memory, so that the peak of a longer run says more about it than about us.
 * With a fixed size a run that needed more for more lines would end with an error.
 */
const HEAP = ['--max-semi-space-size=2', '--max-old-space-size=64'];
const BILL_DATE = '2026-11-18';
/** The filler has 0.96 payments and refunds an order; a few more than are on the bill are only here, as on any real day. */
const LINES_PER_ORDER = 0.957;

/** Reconciles one day of as many lines, in a process of its own. */
export async function benchReconcile(mysqlUrl: string, lines: number): Promise<ReconcileFigures> {
  const schema = `reconcile_${lines}_payment`;
  const bill = join(tmpdir(), `clearbid-bill-${process.pid}-${lines}.tsv`);
  await migratePayment(mysqlUrl, schema);
  const until = new Date(spanOf(BILL_DATE).to.getTime() - 120_000);
  await fill({
    url: mysqlUrl,
    schema,
    orders: Math.ceil(lines / LINES_PER_ORDER),
    days: 1,
    until,
    accountId: 'alipay-main',
  });
  try {
    await writeBill(mysqlUrl, schema, bill, lines);
    const child = fork(
      fileURLToPath(new URL('./reconcile-process.js', import.meta.url)),
      [mysqlUrl, schema, bill, BILL_DATE],
      { execArgv: [...process.execArgv, ...HEAP] },
    );
    const [figures] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`The reconciling process ended with ${String(code)}`);
      }),
    ])) as [ReconcileFigures];
    return figures;
  } finally {
    await rm(bill, { force: true });
    const connection = await createConnection({ uri: mysqlUrl });
    await connection.query(`DROP DATABASE IF EXISTS \`${schema}\``);
    await connection.end();
  }
}

/** The channel's side of the same day, as a file to be streamed: a line for each payment and each refund. */
async function writeBill(url: string, schema: string, file: string, lines: number): Promise<void> {
  const connection = await createConnection({
    uri: url,
    database: schema,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const output = createWriteStream(file);
  let left = lines;
  // Refunds first: they are few, and the payments make up the number.
  for (const subject of ['refund', 'payment'] as const) {
    for (const shard of allShards) {
      for await (const text of linesOf(connection, shard, subject)) {
        if (left === 0) break;
        left -= 1;
        if (!output.write(text)) await once(output, 'drain');
      }
    }
  }
  output.end();
  await once(output, 'finish');
  await connection.end();
  if (left > 0) throw new Error(`The filled day has ${lines - left} lines where ${lines} are wanted`);
}

async function* linesOf(
  connection: Connection,
  shard: Shard,
  subject: 'refund' | 'payment',
): AsyncIterable<string> {
  const { attempts, refunds } = tableNames(shard);
  const select =
    subject === 'payment'
      ? `SELECT \`id\`, \`id\` AS \`attempt_id\`, \`channel_trade_no\` AS \`number\`, \`paid_amount\` AS \`amount\`, \`fee\` FROM \`${attempts}\``
      : `SELECT \`id\`, \`attempt_id\`, \`channel_refund_no\` AS \`number\`, \`amount\`, \`fee\` FROM \`${refunds}\``;
  let afterId = '0';
  for (;;) {
    const [rows] = (await connection.query(
      `${select} WHERE \`id\` > ? AND \`state\` = 'SUCCEEDED' ORDER BY \`id\` LIMIT 10000`,
      [afterId],
    )) as unknown as [{ id: string; attempt_id: string; number: string; amount: string; fee: string }[]];
    for (const row of rows)
      yield `${subject}\t${row.attempt_id}\t${row.id}\t${row.number}\t${row.amount}\t${row.fee}\n`;
    const last = rows.at(-1);
    if (!last) return;
    afterId = last.id;
  }
}
