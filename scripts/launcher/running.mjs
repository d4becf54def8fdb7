// @ts-check
import { join } from 'node:path';
import { holderOf, takeLock } from './lock.mjs';
import { Problem } from './problem.mjs';

/**
 * What a running Clearbid tells the other scripts of its folder.
 *
 * @typedef {object} Running
 * @property {string} gateway
 * @property {string} [mysqlUrl] from the moment on that it is up
 * @property {string} [redisUrl]
 */

/** @param {string} dataDir */
function fileIn(dataDir) {
  return join(dataDir, 'running.json');
}

/**
 * @param {string} dataDir
 * @returns {import('./lock.mjs').Holder<Running> | undefined} undefined when none runs from there
 */
export function findRunning(dataDir) {
  return holderOf(fileIn(dataDir));
}

/**
 * One Clearbid a folder: two would share data and ports.
 *
 * @param {string} dataDir
 * @param {Running} running
 * @returns {import('./lock.mjs').Lock<Running>}
 * @throws {Problem} that says where the other one is
 */
export function claimFolder(dataDir, running) {
  const lock = takeLock(fileIn(dataDir), running);
  if (lock !== undefined) return lock;
  const other = findRunning(dataDir);
  const where = other === undefined ? '' : `, at ${other.info.gateway} (pid ${other.pid})`;
  throw new Problem(
    `Clearbid runs already from this folder${where}: stop that one first, with Ctrl-C there.`,
  );
}
