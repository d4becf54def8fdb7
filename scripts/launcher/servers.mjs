// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isComposeUsable, startComposeService } from './compose.mjs';
import { canInstallDebianPackages, installDebianPackages } from './debian.mjs';
import { findMariadb, startMariadb } from './mariadb.mjs';
import { Problem } from './problem.mjs';
import { findRedis, startRedis } from './redis.mjs';

/** Debian packages that bring the programs alone, without a system service of their own. */
const PROGRAMS = { mysql: ['mariadb-server-core', 'mariadb-client-core'], redis: ['redis-tools'] };
/** What people know them by; also what is tried where the programs don't come apart. */
const WHOLE = { mysql: ['mariadb-server'], redis: ['redis-server'] };

/** @typedef {'private' | 'compose'} Source */

/** @typedef {{ mysql: Source | undefined, redis: Source | undefined }} ServerPlan `undefined`: given by its URL */

/**
 * Decides where the servers come from, and installs them when this machine has none and lets us.
 *
 * @param {{ mysqlUrl?: string | undefined, redisUrl?: string | undefined }} given
 * @param {(detail: string) => void} report
 * @returns {Promise<ServerPlan>}
 * @throws {Problem} that says what to install
 */
export async function planServers({ mysqlUrl, redisUrl }, report) {
  const isMissing = () => ({
    mysql: mysqlUrl === undefined && findMariadb() === undefined,
    redis: redisUrl === undefined && findRedis() === undefined,
  });
  let missing = isMissing();
  for (const packages of canInstallDebianPackages() ? [PROGRAMS, WHOLE] : []) {
    if (missing.mysql) await installDebianPackages(packages.mysql, report);
    if (missing.redis) await installDebianPackages(packages.redis, report);
    missing = isMissing();
  }
  const useCompose = (missing.mysql || missing.redis) && (await isComposeUsable());
  if ((missing.mysql || missing.redis) && !useCompose) throw new Problem(whatToInstall(missing));
  report(
    [
      mysqlUrl === undefined ? (missing.mysql ? 'MariaDB in Docker' : 'MariaDB here') : 'MYSQL_URL',
      redisUrl === undefined ? (missing.redis ? 'Redis in Docker' : 'Redis here') : 'REDIS_URL',
    ].join(', '),
  );
  return {
    mysql: mysqlUrl === undefined ? (missing.mysql ? 'compose' : 'private') : undefined,
    redis: redisUrl === undefined ? (missing.redis ? 'compose' : 'private') : undefined,
  };
}

/** @param {{ mysql: boolean, redis: boolean }} missing */
function whatToInstall({ mysql, redis }) {
  const names = [mysql ? 'MariaDB 10.11+ (or MySQL 8)' : '', redis ? 'Redis 6.2+' : '']
    .filter(Boolean)
    .join(' and ');
  const variables = [mysql ? 'MYSQL_URL' : '', redis ? 'REDIS_URL' : ''].filter(Boolean).join(' and ');
  const packages =
    process.platform === 'darwin'
      ? `brew install ${[mysql ? 'mariadb' : '', redis ? 'redis' : ''].filter(Boolean).join(' ')}`
      : `sudo apt-get install ${[...(mysql ? WHOLE.mysql : []), ...(redis ? WHOLE.redis : [])].join(' ')}`;
  return `Clearbid needs ${names} and this machine has ${mysql && redis ? 'neither: install them' : 'none: install it'} (\`${packages}\`), or start Docker, or point ${variables} at a server, then try again.`;
}

/**
 * @typedef {object} RunningServers
 * @property {string} mysqlUrl
 * @property {string} redisUrl
 * @property {import('./mariadb.mjs').MariadbHandle} [mariadb] only a private instance has a handle
 * @property {import('./redis.mjs').RedisHandle} [redis]
 * @property {() => Promise<void>} stop only what was started here
 */

/**
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.dataDir
 * @param {ServerPlan} options.plan
 * @param {string | undefined} [options.mysqlUrl]
 * @param {string | undefined} [options.redisUrl]
 * @param {string} [options.mariadbTemplate]
 * @param {boolean} options.redisAppendonly
 * @param {boolean} options.autoRestart
 * @param {(server: string, line: string) => void} options.log
 * @returns {Promise<RunningServers>}
 */
export async function startServers(options) {
  const results = await Promise.allSettled([startMysql(options), startRedisOf(options)]);
  const [mysql, redis] = results;
  const stop = async () => {
    const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all(running.map((server) => server.stop()));
  };
  if (mysql.status === 'rejected' || redis.status === 'rejected') {
    await stop();
    throw mysql.status === 'rejected' ? mysql.reason : /** @type {PromiseRejectedResult} */ (redis).reason;
  }
  return {
    mysqlUrl: mysql.value.url,
    redisUrl: redis.value.url,
    ...('handle' in mysql.value ? { mariadb: mysql.value.handle } : {}),
    ...('handle' in redis.value ? { redis: redis.value.handle } : {}),
    stop,
  };
}

const nothingToStop = async () => {};

/** @param {Parameters<typeof startServers>[0]} options */
async function startMysql({ root, dataDir, plan, mysqlUrl, mariadbTemplate, autoRestart, log }) {
  if (plan.mysql === undefined) return { url: mysqlUrl ?? '', stop: nothingToStop };
  const home = join(dataDir, 'mysql');
  if (plan.mysql === 'compose') {
    const password = composePassword(home);
    return startComposeService({
      root,
      dataDir,
      service: 'mariadb',
      containerPort: 3306,
      env: { CLEARBID_MYSQL_PASSWORD: password },
      url: (address) => `mysql://root:${password}@${address}`,
    });
  }
  const handle = await startMariadb({
    dataDir: home,
    autoRestart,
    log: (line) => log('mariadb', line),
    ...(mariadbTemplate === undefined ? {} : { template: mariadbTemplate }),
  });
  return { url: handle.url, handle, stop: handle.stop };
}

/** @param {Parameters<typeof startServers>[0]} options */
async function startRedisOf({ root, dataDir, plan, redisUrl, redisAppendonly, autoRestart, log }) {
  if (plan.redis === undefined) return { url: redisUrl ?? '', stop: nothingToStop };
  if (plan.redis === 'compose') {
    return startComposeService({
      root,
      dataDir,
      service: 'redis',
      containerPort: 6379,
      // The file is read as a whole, also for the other service.
      env: { CLEARBID_MYSQL_PASSWORD: composePassword(join(dataDir, 'mysql')) },
      url: (address) => `redis://${address}`,
    });
  }
  const handle = await startRedis({
    dataDir: join(dataDir, 'redis'),
    appendonly: redisAppendonly,
    autoRestart,
    log: (line) => log('redis', line),
  });
  return { url: handle.url, handle, stop: handle.stop };
}

/** @param {string} home */
function composePassword(home) {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = join(home, 'compose-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
