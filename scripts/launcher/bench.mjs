// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { prepare } from './launch.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';
import { openRunFolder } from './run-folder.mjs';
import { planServers, startServers } from './servers.mjs';
import { endOnSignals } from './signals.mjs';

/** `npm run bench`: private servers, empty and as durable as in use, then the benchmark itself. */
export function bench() {
  return main(async () => {
    const settings = readSettings(ROOT);
    const progress = new Progress(process.stderr);
    await prepare(settings, progress);
    const entry = join(ROOT, 'dist', 'bench', 'src', 'main.js');
    if (!existsSync(entry)) throw new Problem('There is no benchmark: bench/src/main.ts is missing.');
    const { home: dataDir, remove } = await openRunFolder(join(settings.dataDir, 'bench'));
    const plan = await progress.step('Finding the servers', (report) => planServers({}, report));
    const servers = await progress.step('Starting the servers', () =>
      startServers({
        root: ROOT,
        dataDir,
        plan,
        redisAppendonly: false,
        autoRestart: false,
        log: (server, line) => progress.print(`${server}: ${line}`),
      }),
    );
    const stop = async () => {
      await servers.stop();
      remove();
    };
    endOnSignals(stop);
    try {
      const env = {
        ...process.env,
        MYSQL_URL: servers.mysqlUrl,
        REDIS_URL: servers.redisUrl,
        BENCH_DATA_DIR: dataDir,
      };
      const { code } = await run(
        process.execPath,
        ['--enable-source-maps', entry, ...process.argv.slice(2)],
        {
          cwd: ROOT,
          env,
          stdio: 'inherit',
        },
      );
      return code;
    } finally {
      await stop();
    }
  });
}
