// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { ROOT } from './root.mjs';
import { findRunning } from './running.mjs';

const ENTRY = join(ROOT, 'dist', 'apps', 'payment', 'src', 'reconcile.js');

/** `npm run reconcile -- --date 2026-11-20 [--account alipay-main]`: asks the running services, and prints what they find. */
export function reconcile() {
  return main(async () => {
    const settings = readSettings(ROOT);
    const redisUrl = findRunning(settings.dataDir)?.info.redisUrl ?? settings.redisUrl;
    if (redisUrl === undefined || !existsSync(ENTRY)) {
      throw new Problem(
        'Clearbid does not run here: `npm start` it first, or set REDIS_URL to that of another.',
      );
    }
    const args = ['--enable-source-maps', ENTRY, ...process.argv.slice(2)];
    const env = { ...process.env, REDIS_URL: redisUrl };
    return (await run(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' })).code;
  });
}
