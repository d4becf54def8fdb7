// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from './backoff.mjs';
import { atExit } from './last-resort.mjs';
import { freePort } from './ports.mjs';
import { Problem } from './problem.mjs';
import { commandLineOf, isAlive, signal, terminate, waitForExit } from './processes.mjs';

/**
 * What differs from one kind of server to the next.
 *
 * @typedef {object} ServerKind
 * @property {string} name as people call it
 * @property {(port: number) => { file: string, args: string[], argv0?: string }} command
 * @property {(port: number) => Promise<boolean>} answers asks it something over its own protocol
 * @property {number} startTimeoutMs
 */

/**
 * @typedef {object} ServerOptions
 * @property {string} home folder of the instance: its data, its log, its record
 * @property {number} [port] without it any free one
 * @property {boolean} [autoRestart] starts it again when it dies and nobody asked for that
 * @property {(line: string) => void} [log]
 */

/** @typedef {{ pid: number, port: number, program: string, owner: { pid: number, commandLine: string } }} InstanceRecord */

/**
 * One private instance of a server: on 127.0.0.1, with its data in a folder of ours, started and stopped here. It
 * touches no process but the one that its own record in that folder names *and* whose command line proves it.
 */
export class PrivateServer {
  #kind;
  #options;
  #recordFile;
  #logFile;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {number | undefined} */
  #port;
  #wanted = false;
  #backoff = new Backoff();
  #forget = () => {};

  /**
   * @param {ServerKind} kind
   * @param {ServerOptions} options
   */
  constructor(kind, options) {
    this.#kind = kind;
    this.#options = options;
    this.#recordFile = recordFileOf(options.home);
    this.#logFile = join(options.home, 'server.log');
    this.#port = options.port;
    mkdirSync(options.home, { recursive: true });
  }

  /** The port it has, or had when it last ran. */
  get port() {
    if (this.#port === undefined) throw new Error(`${this.#kind.name} was never started`);
    return this.#port;
  }

  /** @returns {number | undefined} undefined while it doesn't run */
  get pid() {
    return this.#child?.pid;
  }

  /** Starts it, or starts it again on the same port with the same data, and waits until it answers. */
  async start() {
    this.#wanted = true;
    try {
      await this.#bringUp();
    } catch (error) {
      this.#wanted = false;
      throw error;
    }
  }

  async #bringUp() {
    if (this.#child !== undefined) return;
    await stopLeftover(this.#options.home, this.#options.log);
    const fixed = this.#port !== undefined;
    for (let attempt = 1; ; attempt += 1) {
      const port = this.#port ?? (await freePort());
      const failure = await this.#launch(port);
      if (failure === undefined) {
        this.#port = port;
        return;
      }
      // Somebody may have taken a free port between our look and the server's own.
      if (fixed || attempt === 3 || !/in use/i.test(failure)) {
        throw new Problem(`${this.#kind.name} doesn't start; its log is ${this.#logFile}.`, failure);
      }
      rmSync(this.#recordFile, { force: true });
    }
  }

  /** Ends it in order and waits until it is gone. */
  async stop() {
    this.#wanted = false;
    const child = this.#child;
    if (child?.pid === undefined) return;
    await terminate(child.pid, 30_000);
    await this.#gone(child);
  }

  /** Ends it as a power cut would, and waits until it is gone. It stays down until `start()`. */
  async kill() {
    this.#wanted = false;
    const child = this.#child;
    if (child?.pid === undefined) return;
    signal(child.pid, 'SIGKILL');
    await this.#gone(child);
  }

  /** @param {import('node:child_process').ChildProcess} child */
  async #gone(child) {
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    this.#forget();
    if (this.#child === child) this.#child = undefined;
    rmSync(this.#recordFile, { force: true });
  }

  /**
   * @param {number} port
   * @returns {Promise<string | undefined>} the end of its log if it failed
   */
  async #launch(port) {
    const { file, args, argv0 } = this.#kind.command(port);
    const log = openSync(this.#logFile, 'a');
    // A group of its own: Ctrl-C reaches the launcher alone, which then stops things in their proper order.
    const child = spawn(file, args, {
      argv0,
      cwd: this.#options.home,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    let ended = false;
    child.once('error', () => (ended = true));
    child.once('exit', () => (ended = true));
    if (child.pid === undefined) return `${file} can't be run`;
    this.#child = child;
    const { pid } = child;
    this.#forget = atExit(() => signal(pid, 'SIGKILL'));
    this.#writeRecord({ pid, port, program: basename(argv0 ?? file) });
    const startedAt = Date.now();
    while (!ended && Date.now() - startedAt < this.#kind.startTimeoutMs) {
      if (await this.#kind.answers(port)) {
        child.once('exit', (code, killedBy) =>
          this.#died(child, Date.now() - startedAt, killedBy ?? `code ${code}`),
        );
        if (!ended) return undefined;
      }
      await delay(30);
    }
    if (!ended) signal(pid, 'SIGKILL');
    await waitForExit(pid, 5_000);
    this.#forget();
    this.#child = undefined;
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  }

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {number} aliveMs
   * @param {string} cause
   */
  #died(child, aliveMs, cause) {
    this.#forget();
    if (this.#child === child) this.#child = undefined;
    if (!this.#wanted) return;
    if (this.#options.autoRestart !== true) {
      this.#options.log?.(`${this.#kind.name} ended by itself (${cause})`);
      return;
    }
    const pauseMs = this.#backoff.next(aliveMs);
    this.#options.log?.(`${this.#kind.name} ended by itself (${cause}); it starts again in ${pauseMs} ms`);
    this.#bringUpLater(pauseMs);
  }

  /** @param {number} pauseMs */
  #bringUpLater(pauseMs) {
    setTimeout(() => {
      if (!this.#wanted) return;
      this.#bringUp().catch((/** @type {Error} */ error) => {
        if (!this.#wanted) return;
        this.#options.log?.(error.message);
        this.#bringUpLater(this.#backoff.next(0));
      });
    }, pauseMs);
  }

  /** @param {Omit<InstanceRecord, 'owner'>} instance */
  #writeRecord(instance) {
    const owner = { pid: process.pid, commandLine: commandLineOf(process.pid) };
    writeFileSync(this.#recordFile, JSON.stringify({ ...instance, owner }), { mode: 0o600 });
  }
}

/** @param {string} home */
function recordFileOf(home) {
  return join(home, 'instance.json');
}

/**
 * A launcher that was killed couldn't stop its servers: the next one in the same folder does. Ours is the process that
 * has the recorded number, runs the recorded program, and names the recorded port in its command line.
 *
 * @param {string} home of an instance
 * @param {(line: string) => void} [log]
 * @throws {Problem} when whoever started it still lives
 */
export async function stopLeftover(home, log = () => {}) {
  const file = recordFileOf(home);
  if (!existsSync(file)) return;
  /** @type {InstanceRecord} */
  let record;
  try {
    record = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return;
  }
  const { pid, port, program, owner } = record;
  if (!isAlive(pid)) return;
  const commandLine = commandLineOf(pid);
  if (!commandLine.includes(program) || !new RegExp(`\\b${port}\\b`).test(commandLine)) return;
  if (owner.pid !== process.pid && isAlive(owner.pid) && commandLineOf(owner.pid) === owner.commandLine) {
    throw new Problem(
      `The server in ${home} belongs to process ${owner.pid} (${owner.commandLine}), which still runs: stop that first.`,
    );
  }
  log(`stopping ${program} (pid ${pid}), left over from a launcher that was killed`);
  await terminate(pid, 30_000);
}
