import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { z } from 'zod';
import { benchAudit } from './audit/audit-bench.js';
import { RATE_PER_SECOND, benchBuffer } from './buffer/buffer-bench.js';
import { type GrowthFigures, benchGrowth } from './growth/growth-bench.js';
import { type LedgerFigures, benchLedger } from './ledger/ledger-bench.js';
import { type RpcLedgerReport, benchLedgerThroughRpc } from './ledger/through-rpc.js';
import { benchNotify } from './notify/notify-bench.js';
import { startBenchMariadb } from './private-mariadb.js';
import { benchReconcile } from './reconcile/reconcile-bench.js';
import { benchRecharge } from './recharge/recharge-bench.js';
import { benchRpc } from './rpc/rpc-bench.js';
import { type StatementFigures, benchStatement } from './statement/statement-bench.js';

const environment = z
  .object({
    REDIS_URL: z.string(),
    MYSQL_URL: z.string(),
    GATEWAY_URL: z.string(),
    SANDBOX_URL: z.string(),
    BENCH_BARE_PREFIX: z.string(),
    /** Ids of the platform's processes and servers, by name. */
    BENCH_PROCESSES: z
      .string()
      .transform((json): unknown => JSON.parse(json))
      .pipe(z.record(z.string(), z.number().int())),
    PAYMENT_CHANNELS_FILE: z.string(),
    BENCH_ALIPAY_KEY_FILE: z.string(),
    BENCH_RPC_SECONDS: z.coerce.number().default(20),
    BENCH_RECHARGES: z.coerce.number().default(1_500),
    BENCH_GROWTH_ORDERS: z.coerce.number().int().default(2_000_000),
    BENCH_STATEMENT_ENTRIES: z.coerce.number().int().min(200_000).default(1_000_000),
    BENCH_AUDIT_ENTRIES: z.coerce.number().int().min(20_000).default(5_000_000),
    /** What the private server of growth and reconcile may keep in memory. */
    BENCH_BUFFER_POOL_MB: z.coerce.number().int().default(2_048),
    /** A folder for that server's data, so that 20 million orders are filled only once. */
    BENCH_MYSQL_DIR: z.string().optional(),
    BENCH_RESULTS_FILE: z.string().default('bench-results.json'),
  })
  .parse(process.env);

const print = (line = '') => process.stdout.write(`${line}\n`);
const row = (...cells: (string | number)[]) =>
  print(
    cells
      .map((cell, index) =>
        (typeof cell === 'number' ? cell.toFixed(1) : cell)[index === 0 ? 'padEnd' : 'padStart'](
          index === 0 ? 34 : 14,
        ),
      )
      .join(''),
  );

const only = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const results: Record<string, unknown> = {
  at: new Date().toISOString(),
  node: process.version,
  cores: cpus().length,
};

if (only === undefined || only === 'rpc') {
  const rpc = await benchRpc({ redisUrl: environment.REDIS_URL, seconds: environment.BENCH_RPC_SECONDS });
  results['rpc'] = rpc;
  print();
  row('rpc', 'calls/s', 'p50 ms', 'p99 ms');
  row('libs/transport (streams)', rpc.ours.callsPerSecond, rpc.ours.p50Ms, rpc.ours.p99Ms);
  row("Nest's own Redis transport", rpc.nest.callsPerSecond, rpc.nest.p50Ms, rpc.nest.p99Ms);
  row('ratio (wanted ≥ 1.0)', rpc.ratio.toFixed(2));
}

if (only === undefined || only === 'recharge') {
  const recharge = await benchRecharge({
    gatewayUrl: environment.GATEWAY_URL,
    sandboxUrl: environment.SANDBOX_URL,
    mysqlUrl: environment.MYSQL_URL,
    barePrefix: environment.BENCH_BARE_PREFIX,
    perRound: environment.BENCH_RECHARGES,
  });
  results['recharge'] = recharge;
  const { platform } = recharge;
  print();
  row('recharge', 'complete/s', 'p50 ms', 'p99 ms');
  row('platform: whole recharges', platform.perSecond);
  row('  create (HTTP)', '', platform.create.p50Ms, platform.create.p99Ms);
  row('  notify (HTTP)', '', platform.notify.p50Ms, platform.notify.p99Ms);
  row('bare: same SQL, same RSA', recharge.barePerSecond);
  row('ratio (wanted ≥ 0.35)', recharge.ratio.toFixed(2));
}

if (only === undefined || only === 'notify') {
  const notify = await benchNotify({
    gatewayUrl: environment.GATEWAY_URL,
    mysqlUrl: environment.MYSQL_URL,
    barePrefix: environment.BENCH_BARE_PREFIX,
    channelsFile: environment.PAYMENT_CHANNELS_FILE,
    alipayKeyFile: environment.BENCH_ALIPAY_KEY_FILE,
    perRound: environment.BENCH_RECHARGES,
  });
  results['notify'] = notify;
  print();
  row('notify', 'committed/s', 'p50 ms', 'p99 ms');
  row('platform: HTTP to commit', notify.perSecond, notify.answer.p50Ms, notify.answer.p99Ms);
  row('bare: same RSA, same SQL', notify.barePerSecond);
  row('ratio', notify.ratio.toFixed(2));
}

if (only === undefined || only === 'buffer') {
  const buffer = await benchBuffer({ redisUrl: environment.REDIS_URL, prepays: 2_000 });
  results['buffer'] = buffer;
  print();
  row('buffer', 'prepays/s', 'p50 wait ms', 'p99 wait ms', 'refusals');
  row(
    `${buffer.done} of ${buffer.prepays}, 3 replicas`,
    buffer.perSecond,
    buffer.wait.p50Ms,
    buffer.wait.p99Ms,
    String(buffer.refusals),
  );
  const isGood = buffer.perSecond >= 0.95 * RATE_PER_SECOND && buffer.refusals === 0;
  row(`wanted ≥ ${0.95 * RATE_PER_SECOND}, no refusal`, isGood ? 'yes' : 'NO');
  if (!isGood || buffer.done < buffer.prepays) process.exitCode = 1;
}

if (only === undefined || only === 'ledger') {
  const server = await startBenchMariadb(environment.BENCH_BUFFER_POOL_MB, undefined);
  try {
    const ledger = await benchLedger(server.url);
    results['ledger'] = ledger;
    print();
    row('ledger, in process', 'postings/s', 'p50 ms', 'p99 ms');
    printLedger('hot: one wallet gets it all', ledger.hot, 10);
    printLedger('cold: 10,000 wallets', ledger.cold, 3);
  } finally {
    await server.stop();
  }
  const throughRpc = await benchLedgerThroughRpc(environment.REDIS_URL, environment.BENCH_PROCESSES);
  results['ledgerThroughRpc'] = throughRpc;
  printLedgerThroughRpc(throughRpc);
}

// By itself only: filling the book takes longer than everything else together.
if (only === 'audit') {
  const server = await startBenchMariadb(environment.BENCH_BUFFER_POOL_MB, undefined);
  try {
    const { report, ...audit } = await benchAudit(server.url, environment.BENCH_AUDIT_ENTRIES);
    results['audit'] = audit;
    print(report);
    row('audit', 'entries/s', 'seconds', 'peak MB');
    row(`${audit.entries.toLocaleString('en')} entries`, audit.entriesPerSecond, audit.seconds, audit.peakMb);
  } finally {
    await server.stop();
  }
}

if (only === undefined || only === 'statement') {
  const server = await startBenchMariadb(environment.BENCH_BUFFER_POOL_MB, undefined);
  try {
    const statement = await benchStatement({
      mysqlUrl: server.url,
      entries: environment.BENCH_STATEMENT_ENTRIES,
      perRead: 200,
      onProgress: showProgress,
    });
    results['statement'] = statement;
    printStatement(statement);
  } finally {
    await server.stop();
  }
}

if (only === undefined || only === 'growth' || only === 'reconcile') {
  const server = await startBenchMariadb(environment.BENCH_BUFFER_POOL_MB, environment.BENCH_MYSQL_DIR);
  try {
    if (only !== 'growth') {
      const few = await benchReconcile(server.url, 50_000);
      const many = await benchReconcile(server.url, 500_000);
      results['reconcile'] = [few, many];
      print();
      row('reconcile', 'lines/s', 'seconds', 'peak MB');
      for (const figures of [few, many])
        row(
          `${figures.lines.toLocaleString('en')} lines`,
          figures.linesPerSecond,
          figures.seconds,
          figures.peakMb,
        );
      row('time per line (wanted ≤ 1.1)', (few.linesPerSecond / many.linesPerSecond).toFixed(2));
      row('memory (wanted ≤ 1.1)', (many.peakMb / few.peakMb).toFixed(2));
    }
    if (only !== 'reconcile') {
      const growth = await benchGrowth({
        mysqlUrl: server.url,
        smallOrders: 10_000,
        largeOrders: environment.BENCH_GROWTH_ORDERS,
        perRound: 1_000,
        rounds: 5,
        onProgress: showProgress,
      });
      results['growth'] = growth;
      printGrowth(growth);
    }
  } finally {
    await server.stop();
  }
}

print();
writeFileSync(environment.BENCH_RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
print(`Written to ${environment.BENCH_RESULTS_FILE}`);

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(70)}\r`);
}

function printStatement(figures: StatementFigures): void {
  print();
  row(`statement, ${figures.entries.toLocaleString('en')} entries`, 'p50 ms', 'p99 ms');
  for (const [read, { p50Ms, p99Ms }] of Object.entries(figures.reads))
    row(`  ${read}`, p50Ms.toFixed(2), p99Ms.toFixed(2));
  row('  last by first (wanted ≤ 1.25)', figures.lastByFirst.toFixed(2));
  row('  rare kind, last by first', figures.filteredLastByFirst.toFixed(2));
  row('  the very first moment asked for', `${Math.round(figures.firstMomentMs)} ms`);
  row('  filled (entries/s)', Math.round(figures.filledPerSecond).toString());
}

function printLedger(what: string, { ours, byHand, ratio }: LedgerFigures, wanted: number): void {
  row(what, ours.perSecond, ours.p50Ms, ours.p99Ms);
  row('  by hand, 16 connections', byHand.perSecond, byHand.p50Ms, byHand.p99Ms);
  row(`  ratio (wanted ≥ ${wanted})`, ratio.toFixed(1));
}

function printLedgerThroughRpc({ loads, cpu, postings }: RpcLedgerReport): void {
  print();
  row('through RPC (wanted ≥ 8,000)', 'postings/s', 'p50 ms', 'p99 ms');
  for (const [name, figures] of Object.entries(loads))
    row(`${name}: 100 spends a call`, figures.perSecond, figures.p50Ms, figures.p99Ms);
  if (cpu.length === 0) return;
  const costs = (seconds: number) => (seconds * 1e6) / postings;
  print();
  row(`who used the ${cpus().length} cores meanwhile`, 'share', 'CPU s', 'µs a posting');
  for (const { process, share, seconds } of cpu)
    row(`  ${process}`, `${(100 * share).toFixed(1)} %`, seconds, costs(seconds));
  const all = cpu.reduce((sum, { seconds }) => sum + seconds, 0);
  row(
    '  all of these',
    `${(100 * cpu.reduce((sum, { share }) => sum + share, 0)).toFixed(1)} %`,
    all,
    costs(all),
  );
  const inWallet = cpu.filter(({ process }) => process.startsWith('wallet'));
  const walletSeconds = inWallet.reduce((sum, { seconds }) => sum + seconds, 0);
  row('postings a CPU second, wallet alone', Math.round(postings / walletSeconds).toString());
  row('postings a CPU second, everything', Math.round(postings / all).toString());
}

function printGrowth(growth: GrowthFigures): void {
  print();
  const millions = `${growth.largeOrders / 1e6} M`;
  row(
    'growth (wanted ratio ≤ 1.25)',
    'p50 10 k',
    `p50 ${millions}`,
    'ratio',
    'p99 10 k',
    `p99 ${millions}`,
    'ratio',
  );
  for (const [operation, { small, large, ratioP50, ratioP99 }] of Object.entries(growth.operations)) {
    const ms = (value: number) => value.toFixed(2);
    row(
      `  ${operation} (ms)`,
      ms(small.p50Ms),
      ms(large.p50Ms),
      ratioP50.toFixed(2),
      ms(small.p99Ms),
      ms(large.p99Ms),
      ratioP99.toFixed(2),
    );
  }
  if (growth.filledPerSecond > 0) row('  filled (orders/s)', Math.round(growth.filledPerSecond).toString());
}
