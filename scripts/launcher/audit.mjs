// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS, bundlePrograms } from './build.mjs';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { whilePreparing } from './launch.mjs';
import { main } from './main.mjs';
import { startMariadb } from './mariadb.mjs';
import { Problem } from './problem.mjs';
import { ROOT } from './root.mjs';
import { findRunning } from './running.mjs';
import { ensurePackages } from './packages.mjs';
import { endOnSignals } from './signals.mjs';

const AUDITOR = join(ROOT, PROGRAMS, 'apps', 'auditor', 'src', 'main.js');

/** `npm run audit`: checks every invariant over the whole book, whether Clearbid runs or not. */
export function audit() {
  return main(async () => {
    const settings = readSettings(ROOT);
    await whilePreparing(settings.dataDir, async () => {
      await ensurePackages(ROOT, () => {});
      await bundlePrograms(ROOT, () => {});
    });
    const { mysqlUrl, redisUrl, stop } = await findBook(settings);
    endOnSignals(stop);
    try {
      const env = {
        ...process.env,
        MYSQL_URL: mysqlUrl,
        ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      };
      const args = ['--enable-source-maps', AUDITOR, ...process.argv.slice(2)];
      const { code } = await run(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
      return code;
    } finally {
      await stop();
    }
  });
}

/**
 * @param {import('./environment.mjs').Settings} settings
 * @returns {Promise<{ mysqlUrl: string, redisUrl?: string | undefined, stop: () => Promise<void> }>}
 */
async function findBook({ dataDir, mysqlUrl, redisUrl }) {
  const nothingToStop = async () => {};
  const running = findRunning(dataDir)?.info;
  if (running?.mysqlUrl !== undefined) {
    return { mysqlUrl: running.mysqlUrl, redisUrl: running.redisUrl, stop: nothingToStop };
  }
  if (running !== undefined) throw new Problem('Clearbid is still starting: try again when it is up.');
  if (mysqlUrl !== undefined) return { mysqlUrl, redisUrl, stop: nothingToStop };
  const home = join(dataDir, 'mysql');
  if (!existsSync(join(home, 'data'))) {
    throw new Problem('There is no book here yet: `npm start` makes one, or set MYSQL_URL to audit another.');
  }
  const mariadb = await startMariadb({ dataDir: home });
  return { mysqlUrl: mariadb.url, stop: mariadb.stop };
}
