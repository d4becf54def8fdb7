// @ts-check
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { atExit } from './last-resort.mjs';
import { commandLineOf, isAlive } from './processes.mjs';

/**
 * @template T
 * @typedef {{ pid: number, commandLine: string, info: T }} Holder
 */

/**
 * @template T
 * @typedef {object} Lock
 * @property {(info: T) => void} update what others read
 * @property {() => void} release
 */

/**
 * @template T
 * @param {string} file
 * @returns {Holder<T> | undefined} undefined when nobody who lives holds it
 */
export function holderOf(file) {
  /** @type {Holder<T>} */
  let holder;
  try {
    holder = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  return isAlive(holder.pid) && commandLineOf(holder.pid) === holder.commandLine ? holder : undefined;
}

/**
 * Takes the lock, also from a holder that died without giving it back.
 *
 * @template T
 * @param {string} file
 * @param {T} info what others may know about the holder; only this user can read it
 * @returns {Lock<T> | undefined} undefined when somebody else has it
 */
export function takeLock(file, info) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  const commandLine = commandLineOf(process.pid);
  /** @param {T} next */
  const write = (next) =>
    writeFileSync(mine, JSON.stringify({ pid: process.pid, commandLine, info: next }), { mode: 0o600 });
  write(info);
  try {
    if (!linkOnce(mine, file)) {
      if (holderOf(file) !== undefined || !clearStale(file)) return undefined;
      if (!linkOnce(mine, file)) return undefined;
    }
  } finally {
    rmSync(mine);
  }
  const drop = () => {
    if (holderOf(file)?.pid === process.pid) rmSync(file, { force: true });
  };
  const forget = atExit(drop);
  return {
    update: (next) => {
      write(next);
      renameSync(mine, file);
    },
    release: () => {
      forget();
      drop();
    },
  };
}

/**
 * Two may find the same stale lock at once. It is moved, not removed, so that the slower of them notices when what it
 * has in its hand is the faster one's new lock.
 *
 * @param {string} file
 * @returns {boolean} false when somebody else was faster
 */
function clearStale(file) {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return true;
    throw error;
  }
  const alive = holderOf(aside) !== undefined;
  if (alive) linkOnce(aside, file);
  rmSync(aside);
  return !alive;
}

/**
 * Does `work` while nobody else who asks for the same lock does theirs.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  for (;;) {
    const lock = takeLock(file, {});
    if (lock === undefined) {
      await delay(200);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {boolean} false when there is one already
 */
function linkOnce(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}
