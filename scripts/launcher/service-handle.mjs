// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Backoff } from './backoff.mjs';
import { atExit } from './last-resort.mjs';
import { Problem } from './problem.mjs';
import { signal } from './processes.mjs';

/** EX_CONFIG of sysexits.h: trying again is pointless until somebody changes something. */
const EXIT_BAD_CONFIGURATION = 78;
/** For the report about a bad end. */
export const LINES_KEPT = 30;

/**
 * @typedef {object} ServiceSpec
 * @property {string} name unique; stands before each of its lines
 * @property {string} entry the script that node runs
 * @property {string[]} [args]
 * @property {NodeJS.ProcessEnv} env all of its environment
 * @property {string} [cwd]
 */

/** @typedef {(name: string, line: string) => void} OnLine */

/** A promise that is settled from outside, and that nobody must await. */
class Gate {
  settled = false;
  /** @type {(value: { url: string }) => void} */
  #resolve = () => {};
  /** @type {(error: Error) => void} */
  #reject = () => {};

  constructor() {
    /** @type {Promise<{ url: string }>} */
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise.catch(() => {});
  }

  /** @param {string} url */
  open(url) {
    this.settled = true;
    this.#resolve({ url });
  }

  /** @param {Error} error */
  fail(error) {
    this.settled = true;
    this.#reject(error);
  }
}

/** @typedef {{ process: import('node:child_process').ChildProcess, closed: Promise<void> }} Life */

/** One supervised process, over all its lives. */
export class ServiceHandle {
  /** How often it was started again without anybody asking for it. */
  restarts = 0;
  #spec;
  #graceMs;
  #autoRestart;
  #onLine;
  /** @type {Life | undefined} */
  #life;
  #wanted = false;
  #ready = new Gate();
  #backoff = new Backoff();
  /** @type {NodeJS.Timeout | undefined} */
  #restartTimer;
  /** @type {string[]} */
  #lastLines = [];

  /**
   * @param {ServiceSpec} spec
   * @param {{ autoRestart: boolean, onLine: OnLine, graceMs: number }} options
   */
  constructor(spec, { autoRestart, onLine, graceMs }) {
    this.#spec = spec;
    this.#graceMs = graceMs;
    this.#autoRestart = autoRestart;
    this.#onLine = onLine;
  }

  get name() {
    return this.#spec.name;
  }

  /** @returns {boolean} whether it runs, or shall soon run again */
  get isWanted() {
    return this.#wanted;
  }

  /** @returns {number | undefined} undefined while it doesn't run */
  get pid() {
    return this.#life?.process.pid;
  }

  /**
   * Fulfilled when the process of now (or, after a death, the next one) says that it is ready. Fails when it was
   * stopped, refused its configuration, or died and isn't started again.
   *
   * @returns {Promise<{ url: string }>}
   */
  get ready() {
    return this.#ready.promise;
  }

  /** What it said last, for a report about its end. */
  get lastLines() {
    return this.#lastLines.join('\n');
  }

  /** Starts it unless it runs; doesn't wait: that's what `ready` is for. */
  start() {
    if (this.#life !== undefined) return;
    clearTimeout(this.#restartTimer);
    this.#wanted = true;
    this.#unsettledGate();
    this.#launch();
  }

  /** Asks it to go (SIGTERM), makes it go when it hasn't gone in time (SIGKILL), and waits until it is gone. */
  async stop() {
    this.#wanted = false;
    clearTimeout(this.#restartTimer);
    this.#unsettledGate().fail(new Problem(`${this.name} was stopped.`));
    const life = this.#life;
    const pid = life?.process.pid;
    if (life === undefined || pid === undefined) return;
    const impatience = setTimeout(() => {
      this.#say(`is still there ${this.#graceMs / 1000} s after SIGTERM: killed`);
      signal(-pid, 'SIGKILL');
    }, this.#graceMs);
    signal(pid, 'SIGTERM');
    await life.closed;
    clearTimeout(impatience);
  }

  /**
   * Sends a signal and waits until the process is gone. With `autoRestart` it comes back, as after any death; use
   * `stop()` for one that shall stay away.
   *
   * @param {NodeJS.Signals} [name]
   */
  async kill(name = 'SIGKILL') {
    const life = this.#life;
    const pid = life?.process.pid;
    if (life === undefined || pid === undefined) return;
    this.#unsettledGate();
    signal(name === 'SIGKILL' ? -pid : pid, name);
    await life.closed;
  }

  #launch() {
    const { entry, args = [], env, cwd } = this.#spec;
    const child = spawn(process.execPath, ['--enable-source-maps', entry, ...args], {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C reaches the launcher alone, and SIGKILL reaches all that it started.
      detached: true,
    });
    const startedAt = Date.now();
    const forget = killGroupAtExit(child);
    readLines(child, (line) => this.#take(line));
    child.on('message', (message) => {
      const { type, url } = /** @type {{ type?: string, url?: string }} */ (message);
      if (type === 'ready') this.#ready.open(url ?? '');
    });
    child.once('error', (error) => this.#take(error.message));
    /** @type {Promise<void>} */
    const closed = new Promise((resolve) => {
      // Not `exit`: its last lines may still be in the pipe then.
      child.once('close', (code, killedBy) => {
        forget();
        this.#life = undefined;
        if (this.#wanted) this.#died(code, killedBy, Date.now() - startedAt);
        resolve();
      });
    });
    this.#life = { process: child, closed };
  }

  /**
   * @param {number | null} code
   * @param {NodeJS.Signals | null} killedBy
   * @param {number} aliveMs
   */
  #died(code, killedBy, aliveMs) {
    const gate = this.#unsettledGate();
    const cause = killedBy === null ? `with code ${code}` : `by ${killedBy}`;
    if (code === EXIT_BAD_CONFIGURATION || !this.#autoRestart) {
      this.#wanted = false;
      const what = code === EXIT_BAD_CONFIGURATION ? 'refuses its configuration' : `ended ${cause}`;
      gate.fail(new Problem(`${this.name} ${what}.`, this.lastLines));
      this.#say(`${what} and is not started again`);
      return;
    }
    const pauseMs = this.#backoff.next(aliveMs);
    this.#say(`ended ${cause}; it starts again in ${pauseMs} ms`);
    this.#restartTimer = setTimeout(() => {
      this.restarts += 1;
      this.#launch();
    }, pauseMs);
  }

  /** Whoever waits already goes on waiting, for the next life; whoever was content and asks again waits, too. */
  #unsettledGate() {
    if (this.#ready.settled) this.#ready = new Gate();
    return this.#ready;
  }

  /** @param {string} line */
  #take(line) {
    this.#lastLines.push(line);
    if (this.#lastLines.length > LINES_KEPT) this.#lastLines.shift();
    this.#onLine(this.name, line);
  }

  /** @param {string} message */
  #say(message) {
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      service: 'launcher',
      msg: `${this.name} ${message}`,
    };
    this.#onLine(this.name, JSON.stringify(line));
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child leader of its own group
 * @returns {() => void} call it when the child is gone
 */
export function killGroupAtExit(child) {
  const { pid } = child;
  if (pid === undefined) return () => {};
  const forget = atExit(() => signal(-pid, 'SIGKILL'));
  // What a service started itself must not outlive it.
  child.once('exit', () => signal(-pid, 'SIGKILL'));
  return forget;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {(line: string) => void} onLine
 */
export function readLines(child, onLine) {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', onLine);
  }
}
