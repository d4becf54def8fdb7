// @ts-check
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PROGRAMS } from './build.mjs';
import { planProcesses } from './process-plan.mjs';
import { Problem } from './problem.mjs';
import { Progress } from './progress.mjs';
import { SERVICES, prepareSchemas } from './schemas.mjs';
import { planServers, startServers } from './servers.mjs';
import { Supervisor, runToEnd } from './supervisor.mjs';

const READY_TIMEOUT_MS = 90_000;

/** @typedef {import('./service-handle.mjs').ServiceHandle} ServiceHandle */
/** @typedef {typeof SERVICES[number] | 'gateway'} ServiceName */

/**
 * @typedef {object} StackOptions
 * @property {string} root of the repository
 * @property {string} [programs] folder in it with what is run; that of the bundled programs
 * @property {string} dataDir keys, private servers and the sandbox's books
 * @property {number | Partial<Record<ServiceName, number>>} [replicas] of identity, payment, wallet, withdrawal and
 *   gateway each, or of those named; 1
 * @property {{ gateway?: number, sandbox?: number }} [ports] the first gateway's and the sandbox's; else any free ones.
 *   With a gateway port given, the other replicas take the ports after it.
 * @property {string | undefined} [mysqlUrl] a server of somebody else, used as it is; else a private one is run
 * @property {string | undefined} [redisUrl] the same for Redis
 * @property {import('./servers.mjs').ServerPlan} [plan] where the servers come from, when that is known already
 * @property {string} [mariadbTemplate] from `prepareMariadbTemplate`, for a quicker first start
 * @property {boolean} [schemasAreReady] migrated already, as those in the template of a test run are; false
 * @property {boolean} [redisAppendonly] whether the private Redis keeps its data over a restart; true
 * @property {Record<string, string> | ((name: string) => Record<string, string>)} [env] more environment, for every
 *   process or by its name (`wallet-1`); has the last word
 * @property {(name: string, line: string) => void} [onLog] every line that a process writes
 * @property {number} [timeScale] the sandbox's notify ladder runs that many times faster; 1
 * @property {boolean} [autoRestart] whether what dies is started again: services by themselves, private servers too; true
 * @property {Progress} [progress]
 */

/**
 * @typedef {object} Stack
 * @property {{ gateway: string, gateways: string[], sandbox: string | undefined, mysql: string, redis: string }} urls
 * @property {Record<ServiceName, ServiceHandle[]>} services a handle per replica
 * @property {ServiceHandle | undefined} sandbox
 * @property {import('./mariadb.mjs').MariadbHandle | undefined} mariadb only when it is a private one
 * @property {import('./redis.mjs').RedisHandle | undefined} redis only when it is a private one
 * @property {(name: string) => NodeJS.ProcessEnv} envOf the environment that a process of this name gets
 * @property {(entry: string, ...args: string[]) => Promise<void>} run a one-shot, such as `apps/wallet/src/audit.js`
 * @property {() => Promise<void>} ready waits until every process that shall run says that it is ready, and every
 *   gateway that all services answer it
 * @property {() => Promise<void>} stop ends everything that was started here, in order
 */

/**
 * Starts the whole product: servers, schemas, demo accounts, sandbox, services, gateways. `npm start` and the tests
 * start it with this and nothing else.
 *
 * @param {StackOptions} options
 * @returns {Promise<Stack>}
 * @throws {Problem}
 */
export async function startStack(options) {
  const { root, onLog = () => {}, autoRestart = true, progress = new Progress() } = options;
  const dataDir = resolve(options.dataDir);
  requireBuild(join(root, options.programs ?? PROGRAMS));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { mysqlUrl, redisUrl } = options;
  const plan = options.plan ?? (await planServers({ mysqlUrl, redisUrl }, () => {}));
  const servers = await progress.step('Starting the servers', () =>
    startServers({
      root,
      dataDir,
      plan,
      mysqlUrl,
      redisUrl,
      redisAppendonly: options.redisAppendonly ?? true,
      autoRestart,
      log: (server, line) => onLog(server, JSON.stringify({ level: 'warn', time: Date.now(), msg: line })),
      ...(options.mariadbTemplate === undefined ? {} : { mariadbTemplate: options.mariadbTemplate }),
    }),
  );
  const supervisor = new Supervisor({ autoRestart, onLine: onLog });
  try {
    return await startProcesses({ options, root, dataDir, onLog, progress, servers, supervisor });
  } catch (error) {
    await supervisor.stopAll();
    await servers.stop();
    throw error;
  }
}

/**
 * @param {object} parts
 * @param {StackOptions} parts.options
 * @param {string} parts.root
 * @param {string} parts.dataDir
 * @param {(name: string, line: string) => void} parts.onLog
 * @param {Progress} parts.progress
 * @param {import('./servers.mjs').RunningServers} parts.servers
 * @param {Supervisor} parts.supervisor
 * @returns {Promise<Stack>}
 */
async function startProcesses({ options, root, dataDir, onLog, progress, servers, supervisor }) {
  const { replicas = 1 } = options;
  /** @param {ServiceName} service */
  const countOf = (service) => (typeof replicas === 'number' ? replicas : (replicas[service] ?? 1));
  const plan = await planProcesses({ options, dataDir, gatewayCount: countOf('gateway'), servers });
  const entryOf = (/** @type {string} */ path) => join(root, options.programs ?? PROGRAMS, path);
  /** @param {string} name @param {string} app */
  const spawn = (name, app) =>
    supervisor.spawn({ name, entry: entryOf(`apps/${app}/src/main.js`), env: plan.envOf(name), cwd: root });
  /** @param {string} path @param {string[]} args */
  const runOnce = (path, ...args) => {
    const name = path.replace(/^apps\/([^/]+)\/src\/(.+)\.js$/, '$1-$2');
    return runToEnd({ name, entry: entryOf(path), args, env: plan.envOf(name), cwd: root }, onLog);
  };

  const startSchemas = async () => {
    if (options.schemasAreReady) return;
    await prepareSchemas({ run: runOnce, withDemo: plan.sandbox !== undefined, progress });
  };
  // Payment and withdrawal read the sandbox's public keys when they start.
  const startSandbox = async () => {
    if (plan.sandbox === undefined) return undefined;
    const handle = spawn('sandbox', 'sandbox');
    await progress.step('Starting the sandbox', () => allReady([handle]));
    plan.writeChannels();
    return handle;
  };
  const [sandbox] = await Promise.all([startSandbox(), startSchemas()]);

  /** @param {ServiceName} service */
  const replicasOf = (service) =>
    Array.from({ length: countOf(service) }, (_, index) => spawn(`${service}-${index + 1}`, service));
  const services = {
    identity: replicasOf('identity'),
    payment: replicasOf('payment'),
    wallet: replicasOf('wallet'),
    withdrawal: replicasOf('withdrawal'),
    gateway: replicasOf('gateway'),
  };
  const processes = [...Object.values(services).flat(), ...(sandbox === undefined ? [] : [sandbox])];
  const ready = async () => {
    await allReady(processes.filter((handle) => handle.isWanted));
    const gatewaysUp = plan.gateways.filter((_, index) => services.gateway[index]?.isWanted);
    await Promise.all(gatewaysUp.map((url) => untilHealthy(url)));
  };
  await progress.step('Starting the services', ready);

  return {
    urls: {
      gateway: /** @type {string} */ (plan.gateways[0]),
      gateways: plan.gateways,
      sandbox: plan.sandbox,
      mysql: servers.mysqlUrl,
      redis: servers.redisUrl,
    },
    services,
    sandbox,
    mariadb: servers.mariadb,
    redis: servers.redis,
    envOf: plan.envOf,
    run: runOnce,
    ready,
    stop: async () => {
      // From the door inwards, so that what is under way can end well.
      await Promise.all(services.gateway.map((handle) => handle.stop()));
      await supervisor.stopAll();
      await servers.stop();
    },
  };
}

/** @param {string} programs */
function requireBuild(programs) {
  for (const app of [...SERVICES, 'gateway', 'sandbox']) {
    const entry = join(programs, 'apps', app, 'src', 'main.js');
    if (!existsSync(entry)) throw new Problem(`${entry} is missing: run \`npm run build\` first.`);
  }
}

/**
 * @param {ServiceHandle[]} handles
 * @throws {Problem} with what the first one that failed, or the slowest, said last
 */
async function allReady(handles) {
  const waiting = new Set(handles);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const late = [...waiting];
      const lines = late.map((handle) => `${handle.name}:\n${handle.lastLines}`).join('\n');
      const names = late.map((handle) => handle.name).join(', ');
      reject(new Problem(`Not ready after ${READY_TIMEOUT_MS / 1000} s: ${names}.`, lines));
    }, READY_TIMEOUT_MS);
  });
  try {
    await Promise.race([
      timeout,
      Promise.all(handles.map((handle) => handle.ready.then(() => waiting.delete(handle)))),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} gateway
 * @throws {Problem} with what the gateway says about it
 */
async function untilHealthy(gateway) {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const { ok, text } = await fetch(`${gateway}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
      async (response) => ({ ok: response.ok, text: await response.text() }),
      (/** @type {Error} */ error) => ({ ok: false, text: error.message }),
    );
    if (ok) return;
    if (Date.now() > deadline) {
      throw new Problem(`The gateway at ${gateway} is not ready after ${READY_TIMEOUT_MS / 1000} s.`, text);
    }
    await delay(100);
  }
}
