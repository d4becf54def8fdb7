// @ts-check
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findProgram, run } from './commands.mjs';
import { PrivateServer } from './private-server.mjs';
import { Problem } from './problem.mjs';

const USER = 'clearbid';
/** The longest path that a Unix socket's address holds. */
const LONGEST_SOCKET_PATH = 100;

/**
 * @typedef {object} MariadbPrograms
 * @property {string} server `mariadbd` or `mysqld`
 * @property {string | undefined} installer `mariadb-install-db`; MySQL's server initialises a folder by itself
 */

/** @returns {MariadbPrograms | undefined} undefined when this machine has no usable server */
export function findMariadb() {
  const server = findProgram(['mariadbd', 'mysqld'], { system: true });
  if (server === undefined) return undefined;
  const version = execFileSync(server, ['--no-defaults', '--version'], { encoding: 'utf8' });
  if (!/mariadb/i.test(version)) return { server, installer: undefined };
  const installer = findProgram(['mariadb-install-db', 'mysql_install_db'], { system: true });
  return installer === undefined ? undefined : { server, installer };
}

/** mariadbd refuses to run as root unless told so in words. */
function asUser() {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/**
 * @param {MariadbPrograms} programs
 * @param {string} directory made by this; either whole or not there
 */
async function initialise(programs, directory) {
  mkdirSync(dirname(directory), { recursive: true });
  const unfinished = mkdtempSync(`${directory}.unfinished-`);
  const where = `--datadir=${unfinished}`;
  const result =
    programs.installer === undefined
      ? await run(programs.server, ['--no-defaults', '--initialize-insecure', where, ...asUser()])
      : await run(programs.installer, [
          '--no-defaults',
          // Nobody comes in without a password, but the system account of this very user through the socket.
          '--auth-root-authentication-method=socket',
          `--auth-root-socket-user=${userInfo().username}`,
          '--skip-test-db',
          where,
          ...asUser(),
        ]);
  if (result.code !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Problem(`A new database folder can't be made in ${directory}.`, result.output);
  }
  if (existsSync(directory)) rmSync(unfinished, { recursive: true, force: true });
  else renameSync(unfinished, directory);
}

/**
 * Initialises a data folder once, for `startMariadb({ template })` to copy: many instances then start quickly.
 *
 * @param {string} directory
 * @returns {Promise<string>} the template
 */
export async function prepareMariadbTemplate(directory) {
  const programs = findMariadb();
  if (programs === undefined) throw new Problem('There is no MariaDB or MySQL server on this machine.');
  const version = execFileSync(programs.server, ['--no-defaults', '--version'], { encoding: 'utf8' });
  const name = /(\d+\.\d+\.\d+[\w-]*)/.exec(version)?.[1] ?? 'unknown';
  const template = join(resolve(directory), name);
  if (!existsSync(template)) await initialise(programs, template);
  return template;
}

/**
 * @typedef {object} MariadbHandle
 * @property {string} url `mysql://user:password@127.0.0.1:port`, without a schema
 * @property {number} port
 * @property {number | undefined} pid
 * @property {() => Promise<void>} start again, on the same port with the same data
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill SIGKILL; it stays down until `start()`
 */

/**
 * Runs a private MariaDB (or MySQL), fully durable, for 127.0.0.1 alone.
 *
 * @param {object} options
 * @param {string} options.dataDir its own folder; initialised when new
 * @param {number} [options.port]
 * @param {string} [options.template] from `prepareMariadbTemplate`
 * @param {number} [options.bufferPoolMb]
 * @param {boolean} [options.autoRestart]
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<MariadbHandle>}
 */
export async function startMariadb({
  dataDir,
  port,
  template,
  bufferPoolMb = 256,
  autoRestart = false,
  log,
}) {
  const programs = findMariadb();
  if (programs === undefined) throw new Problem('There is no MariaDB or MySQL server on this machine.');
  const home = resolve(dataDir);
  const data = join(home, 'data');
  if (!existsSync(data)) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (template === undefined) await initialise(programs, data);
    else copyWhole(template, data);
  }
  mkdirSync(join(home, 'tmp'), { recursive: true, mode: 0o700 });
  const password = passwordIn(home);
  const instance = new PrivateServer(
    {
      name: programs.installer === undefined ? 'MySQL' : 'MariaDB',
      command: (chosen) => {
        writeInitFile(home, password, programs);
        return { file: programs.server, args: serverArguments({ home, port: chosen, bufferPoolMb }) };
      },
      answers: (chosen) => answers(urlOf(password, chosen)),
      // Recovery after a crash reads the whole redo log.
      startTimeoutMs: 120_000,
    },
    { home, autoRestart, ...(port === undefined ? {} : { port }), ...(log === undefined ? {} : { log }) },
  );
  await instance.start();
  return {
    get url() {
      return urlOf(password, instance.port);
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
 * @param {string} from
 * @param {string} to made by this; either whole or not there
 */
function copyWhole(from, to) {
  const unfinished = `${to}.unfinished-${process.pid}`;
  cpSync(from, unfinished, { recursive: true });
  renameSync(unfinished, to);
}

/** @param {string} home */
function passwordIn(home) {
  const file = join(home, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/**
 * @param {string} password
 * @param {number} port
 */
function urlOf(password, port) {
  return `mysql://${USER}:${password}@127.0.0.1:${port}`;
}

/**
 * The server reads this before it takes the first connection, at every start: so the account is there whatever moment
 * an earlier launcher was killed in.
 *
 * @param {string} home
 * @param {string} password
 * @param {MariadbPrograms} programs
 */
function writeInitFile(home, password, programs) {
  const account = `'${USER}'@'127.0.0.1'`;
  const statements = [
    'SET SESSION sql_log_bin = 0',
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}'`,
    `ALTER USER ${account} IDENTIFIED BY '${password}'`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION`,
  ];
  if (programs.installer === undefined)
    statements.push(`ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}'`);
  writeFileSync(join(home, 'init.sql'), statements.map((statement) => `${statement};\n`).join(''), {
    mode: 0o600,
  });
}

/**
 * @param {{ home: string, port: number, bufferPoolMb: number }} instance
 * @returns {string[]}
 */
function serverArguments({ home, port, bufferPoolMb }) {
  return [
    '--no-defaults',
    ...asUser(),
    `--datadir=${join(home, 'data')}`,
    // Its own: a server that starts clears away what looks like its leftovers, in whichever folder it shares.
    `--tmpdir=${join(home, 'tmp')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${socketPath(home, port)}`,
    `--pid-file=${join(home, 'server.pid')}`,
    `--init-file=${join(home, 'init.sql')}`,
    // What is acknowledged is on the disk, in the engine's log and in the binary log.
    '--innodb-flush-log-at-trx-commit=1',
    '--sync-binlog=1',
    '--server-id=1',
    `--log-bin=${join(home, 'data', 'binlog')}`,
    '--binlog-format=ROW',
    '--max-binlog-size=64M',
    '--binlog-expire-logs-seconds=86400',
    '--transaction-isolation=READ-COMMITTED',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--skip-name-resolve',
    '--max-connections=500',
    `--innodb-buffer-pool-size=${bufferPoolMb}M`,
    '--performance-schema=OFF',
    '--loose-mysqlx=OFF',
  ];
}

/**
 * @param {string} home
 * @param {number} port
 */
function socketPath(home, port) {
  const usual = join(home, 'server.sock');
  return usual.length <= LONGEST_SOCKET_PATH ? usual : join(tmpdir(), `clearbid-${process.pid}-${port}.sock`);
}

/** @param {string} url */
async function answers(url) {
  const { createConnection } = await import('mysql2/promise');
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 2_000 });
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
