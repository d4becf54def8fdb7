// @ts-check
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { findProgram } from './commands.mjs';
import { PrivateServer } from './private-server.mjs';
import { Problem } from './problem.mjs';

/** @typedef {{ file: string, argv0: string }} RedisProgram */

/**
 * Debian builds one program and calls it server or checker by its name alone: `redis-tools` has it without the system
 * service that `redis-server` would bring.
 *
 * @returns {RedisProgram | undefined} undefined when this machine has none
 */
export function findRedis() {
  const file = findProgram(['redis-server', 'valkey-server', 'redis-check-rdb'], { system: true });
  if (file === undefined) return undefined;
  const program = { file, argv0: file.endsWith('redis-check-rdb') ? 'redis-server' : file };
  const { status, stdout } = spawnSync(file, ['--version'], { argv0: program.argv0, encoding: 'utf8' });
  return status === 0 && /server v=/i.test(stdout) ? program : undefined;
}

/**
 * @typedef {object} RedisHandle
 * @property {string} url `redis://127.0.0.1:port`
 * @property {number} port
 * @property {number | undefined} pid
 * @property {() => Promise<void>} start again, on the same port; what it kept on disk is there again
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill SIGKILL; it stays down until `start()`
 */

/**
 * Runs a private Redis for 127.0.0.1 alone. It never evicts: a full memory is an error that one sees.
 *
 * @param {object} options
 * @param {string} options.dataDir its own folder
 * @param {number} [options.port]
 * @param {boolean} [options.appendonly] keeps its data over a restart; without it every start is empty
 * @param {boolean} [options.autoRestart]
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<RedisHandle>}
 */
export async function startRedis({ dataDir, port, appendonly = false, autoRestart = false, log }) {
  const program = findRedis();
  if (program === undefined) throw new Problem('There is no Redis server on this machine.');
  const home = resolve(dataDir);
  const instance = new PrivateServer(
    {
      name: 'Redis',
      command: (chosen) => {
        if (!appendonly) rmSync(join(home, 'dump.rdb'), { force: true });
        return { ...program, args: serverArguments(home, chosen, appendonly) };
      },
      answers: (chosen) => ping(chosen),
      startTimeoutMs: 60_000,
    },
    { home, autoRestart, ...(port === undefined ? {} : { port }), ...(log === undefined ? {} : { log }) },
  );
  await instance.start();
  return {
    get url() {
      return `redis://127.0.0.1:${instance.port}`;
    },
    get port() {
      return instance.port;
    },
    get pid() {
      return instance.pid;
    },
    start: () => instance.start(),
    stop: () => instance.stop(),
    kill: () => instance.kill(),
  };
}

/**
 * @param {string} home
 * @param {number} port
 * @param {boolean} appendonly
 */
function serverArguments(home, port, appendonly) {
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    dir: home,
    pidfile: join(home, 'server.pid'),
    daemonize: 'no',
    save: '',
    appendonly: appendonly ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>} false also while it still loads its data
 */
function ping(port) {
  return new Promise((resolveAnswer) => {
    const socket = connect({ port, host: '127.0.0.1' });
    /** @param {boolean} answer */
    const finish = (answer) => {
      socket.destroy();
      resolveAnswer(answer);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => finish(reply.toString().startsWith('+PONG')));
  });
}
