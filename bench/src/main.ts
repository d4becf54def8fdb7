import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { z } from 'zod';
import { benchRecharge } from './recharge/recharge-bench.js';
import { benchRpc } from './rpc/rpc-bench.js';

const environment = z
  .object({
    REDIS_URL: z.string(),
    MYSQL_URL: z.string(),
    GATEWAY_URL: z.string(),
    SANDBOX_URL: z.string(),
    BENCH_BARE_PREFIX: z.string(),
    BENCH_RPC_SECONDS: z.coerce.number().default(20),
    BENCH_RECHARGES: z.coerce.number().default(1_500),
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

print();
writeFileSync(environment.BENCH_RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
print(`Written to ${environment.BENCH_RESULTS_FILE}`);
