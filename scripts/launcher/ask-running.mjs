// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from './build.mjs';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { ROOT } from './root.mjs';
import { findRunning } from './running.mjs';

/**
 * Runs a program that asks the running services and ends with what they say; it gets the arguments of this command.
 *
 * @param {string} entry such as `apps/payment/src/reconcile.js`
 */
export function askRunning(entry) {
  return main(async () => {
    const settings = readSettings(ROOT);
    const redisUrl = findRunning(settings.dataDir)?.info.redisUrl ?? settings.redisUrl;
    const path = join(ROOT, PROGRAMS, entry);
    if (redisUrl === undefined || !existsSync(path)) {
      throw new Problem(
        'Clearbid does not run here: `npm start` it first, or set REDIS_URL to that of another.',
      );
    }
    const args = ['--enable-source-maps', path, ...process.argv.slice(2)];
    const env = { ...process.env, REDIS_URL: redisUrl };
    return (await run(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' })).code;
  });
}
