// @ts-check
import { spawn } from 'node:child_process';
import { Problem } from './problem.mjs';
import { LINES_KEPT, ServiceHandle, killGroupAtExit, readLines } from './service-handle.mjs';

const DEFAULT_GRACE_MS = 10_000;

/** @typedef {import('./service-handle.mjs').ServiceSpec} ServiceSpec */
/** @typedef {import('./service-handle.mjs').OnLine} OnLine */

/** Starts processes, keeps them alive, and leaves none behind. */
export class Supervisor {
  #options;
  /** @type {ServiceHandle[]} */
  #handles = [];

  /**
   * @param {object} [options]
   * @param {boolean} [options.autoRestart]
   * @param {OnLine} [options.onLine]
   * @param {number} [options.graceMs] how long a process may take to end by itself
   */
  constructor({ autoRestart = true, onLine = () => {}, graceMs = DEFAULT_GRACE_MS } = {}) {
    this.#options = { autoRestart, onLine, graceMs };
  }

  /**
   * @param {ServiceSpec} spec
   * @returns {ServiceHandle} already started
   */
  spawn(spec) {
    const handle = new ServiceHandle(spec, this.#options);
    this.#handles.push(handle);
    handle.start();
    return handle;
  }

  /** Stops all at once. */
  async stopAll() {
    await Promise.all(this.#handles.map((handle) => handle.stop()));
  }
}

/**
 * Runs a script to its end.
 *
 * @param {ServiceSpec} spec
 * @param {OnLine} [onLine]
 * @throws {Problem} with what it said last, if it doesn't end well
 */
export async function runToEnd({ name, entry, args = [], env, cwd }, onLine = () => {}) {
  const child = spawn(process.execPath, ['--enable-source-maps', entry, ...args], {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const forget = killGroupAtExit(child);
  /** @type {string[]} */
  const lines = [];
  readLines(child, (line) => {
    lines.push(line);
    onLine(name, line);
  });
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  forget();
  if (code !== 0) throw new Problem(`${name} failed with code ${code}.`, lines.slice(-LINES_KEPT).join('\n'));
}
