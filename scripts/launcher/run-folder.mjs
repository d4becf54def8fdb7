// @ts-check
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './last-resort.mjs';
import { stopLeftover } from './private-server.mjs';
import { isAlive } from './processes.mjs';

/**
 * A folder of this run's own: two runs at once don't meet, and what a killed run left, servers too, is cleared away.
 *
 * @param {string} parent
 * @returns {Promise<{ home: string, remove: () => void }>}
 */
export async function openRunFolder(parent) {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    for (const server of ['mysql', 'redis']) await stopLeftover(join(parent, name, server));
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  const home = join(parent, `run-${process.pid}`);
  mkdirSync(home);
  const clear = () => rmSync(home, { recursive: true, force: true });
  const forget = atExit(clear);
  return {
    home,
    remove: () => {
      forget();
      clear();
    },
  };
}
