// @ts-check
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MODULES, compileServices } from './build.mjs';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { whilePreparing } from './launch.mjs';
import { main } from './main.mjs';
import { startMariadb } from './mariadb.mjs';
import { ensurePackages } from './packages.mjs';
import { ROOT } from './root.mjs';
import { endOnSignals } from './signals.mjs';

/** Of its own, so that nobody's real orders are ever among the made-up ones. */
const PREFIX = 'clearbid_fill_';

/**
 * `npm run fill -- --orders 1000000 [--url mysql://…]`: a payment schema full of orders that have ended. Without a URL
 * (or MYSQL_URL) in a private server whose data stays under the data folder, in `fill`.
 */
export function fill() {
  return main(async () => {
    const settings = readSettings(ROOT);
    const { values } = parseArgs({
      args: process.argv.slice(2),
      strict: false,
      options: { url: { type: 'string' } },
    });
    await whilePreparing(settings.dataDir, async () => {
      await ensurePackages(ROOT, () => {});
      await compileServices(ROOT, () => {});
    });
    const given = typeof values.url === 'string' ? values.url : settings.mysqlUrl;
    const server =
      given === undefined
        ? await startMariadb({ dataDir: join(settings.dataDir, 'fill'), bufferPoolMb: 1_024 })
        : { url: given, stop: async () => {} };
    endOnSignals(server.stop);
    try {
      const env = { ...process.env, MYSQL_URL: server.url, MYSQL_SCHEMA_PREFIX: PREFIX };
      const migrate = join(ROOT, MODULES, 'apps', 'payment', 'src', 'migrate.js');
      const { code } = await run(process.execPath, [migrate], { cwd: ROOT, env, stdio: 'inherit' });
      if (code !== 0) return code;
      const entry = join(ROOT, MODULES, 'bench', 'src', 'fill', 'main.js');
      const args = ['--enable-source-maps', entry, ...process.argv.slice(2)];
      return (await run(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' })).code;
    } finally {
      await server.stop();
    }
  });
}
