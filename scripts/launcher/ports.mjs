// @ts-check
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './processes.mjs';

/**
 * @param {number} port 0 takes any
 * @param {string} host
 * @returns {Promise<number | undefined>} the port, or undefined when somebody has it
 */
function tryPort(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(port);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(address.port));
    });
  });
}

/**
 * @param {number} port
 * @returns {Promise<boolean>} false also when it is taken on IPv6 only: `localhost` would lead a browser there
 */
export async function isPortFree(port) {
  // One after the other: they would stand in each other's way.
  for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
    if ((await tryPort(port, host)) === undefined) return false;
  }
  return true;
}

/**
 * Below those that the system takes for outgoing connections: what was free a moment ago, one of them may have by the time
 * that a server opens it.
 */
const LOWEST = 12_000;
const HIGHEST = 32_000;
/** What processes of this user have been given, a file each: two that start at once never get the same. */
const GIVEN = join(tmpdir(), `clearbid-ports-${userInfo().username}`);

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody has; this process's for as long as it lives */
export async function freePort() {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (take(port) && (await tryPort(port, '127.0.0.1')) === port) return port;
  }
}

/**
 * @param {number} port
 * @returns {boolean} false when it is given to a process that lives
 */
function take(port) {
  const file = join(GIVEN, String(port));
  mkdirSync(GIVEN, { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    // Left behind: free for whoever comes next.
    if (!isAlive(holderOf(file))) rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || process.pid;
  } catch {
    // Just removed, or not written yet.
    return process.pid;
  }
}
