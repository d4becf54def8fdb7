// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES, PROGRAMS, compileServices } from './build.mjs';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { prepare } from './launch.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';
import { openRunFolder } from './run-folder.mjs';
import { endOnSignals } from './signals.mjs';
import { startStack } from './stack.mjs';

/** Schemas of the bare process: the platform's own tables, beside the platform's. */
const BARE_PREFIX = 'clearbid_bare_';
/** What would otherwise be measured: limits that are there for strangers, not for a load from one address. */
const NO_LIMITS = {
  RATE_LIMIT_PER_ADDRESS: '1000000',
  RATE_LIMIT_PER_ACCOUNT: '1000000',
  RATE_LIMIT_AUTH: '1000000',
  RATE_LIMIT_NOTIFY: '1000000',
  SANDBOX_RATE_LIMIT: '1000000',
  LOG_LEVEL: 'warn',
};

/** `npm run bench [rpc|recharge|notify|buffer|ledger|audit|statement|growth|reconcile]`: the whole product on private servers as durable as in use, and a load on it. */
export function bench() {
  return main(async () => {
    const settings = readSettings(ROOT);
    const progress = new Progress(process.stderr);
    await prepare(settings, progress);
    await progress.step('Compiling the benchmarks', (report) => compileServices(ROOT, report));
    const entry = join(ROOT, MODULES, 'bench', 'src', 'main.js');
    if (!existsSync(entry)) throw new Problem('There is no benchmark: bench/src/main.ts is missing.');
    const { home: dataDir, remove } = await openRunFolder(join(settings.dataDir, 'bench'));
    const stack = await startStack({
      root: ROOT,
      dataDir,
      progress,
      autoRestart: false,
      redisAppendonly: false,
      env: NO_LIMITS,
      onLog: (name, line) => progress.print(`${name}: ${line}`),
    });
    const stop = async () => {
      await stack.stop();
      remove();
    };
    endOnSignals(stop);
    try {
      for (const service of ['wallet', 'payment']) {
        await run(process.execPath, [join(ROOT, PROGRAMS, 'apps', service, 'src', 'migrate.js')], {
          cwd: ROOT,
          env: { ...process.env, MYSQL_URL: stack.urls.mysql, MYSQL_SCHEMA_PREFIX: BARE_PREFIX },
        });
      }
      const env = {
        ...process.env,
        MYSQL_URL: stack.urls.mysql,
        REDIS_URL: stack.urls.redis,
        GATEWAY_URL: stack.urls.gateway,
        SANDBOX_URL: stack.urls.sandbox,
        BENCH_BARE_PREFIX: BARE_PREFIX,
        BENCH_PROCESSES: JSON.stringify(processIds(stack)),
        PAYMENT_CHANNELS_FILE: stack.envOf('payment-1').PAYMENT_CHANNELS_FILE,
        BENCH_ALIPAY_KEY_FILE: join(dataDir, 'sandbox', 'keys', 'alipay-private-key.pem'),
      };
      const args = ['--enable-source-maps', entry, ...process.argv.slice(2)];
      const { code } = await run(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
      return code;
    } finally {
      await stop();
    }
  });
}

/**
 * @param {import('./stack.mjs').Stack} stack
 * @returns {Record<string, number | undefined>} by name
 */
function processIds({ services, mariadb, redis }) {
  const processes = Object.values(services).flat();
  return {
    mariadb: mariadb?.pid,
    redis: redis?.pid,
    ...Object.fromEntries(processes.map(({ name, pid }) => [name, pid])),
  };
}
