// @ts-check
import { join } from 'node:path';
import { MODULES, PROGRAMS, build, compileServices } from './build.mjs';
import { readSettings } from './environment.mjs';
import { withLock } from './lock.mjs';
import { ensurePackages } from './packages.mjs';
import { isPortFree } from './ports.mjs';
import { Problem } from './problem.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';
import { claimFolder } from './running.mjs';
import { planServers } from './servers.mjs';
import { endOnSignals } from './signals.mjs';
import { startStack } from './stack.mjs';
import { Terminal } from './terminal.mjs';

/**
 * @typedef {object} Launched
 * @property {import('./stack.mjs').Stack} stack
 * @property {import('./environment.mjs').Settings} settings
 * @property {Progress} progress
 * @property {Terminal} terminal
 */

/**
 * What `npm start` and `npm run dev` have in common: from nothing to a stack that is up, and that goes down with this
 * process.
 *
 * @param {{ compiled?: boolean }} [options] compiled: a file for each module, to be followed when one of them changes
 * @returns {Promise<Launched>}
 * @throws {Problem}
 */
export async function launch({ compiled = false } = {}) {
  const settings = readSettings(ROOT);
  const gateway = `http://localhost:${settings.port}`;
  const lock = claimFolder(settings.dataDir, { gateway });
  await requirePorts(settings);

  const progress = new Progress(process.stdout);
  const terminal = new Terminal(progress, { raw: process.env.LOG_FORMAT === 'json' });
  /** @type {import('./stack.mjs').Stack | undefined} */
  let stack;
  endOnSignals(async () => {
    terminal.threshold = 'warn';
    if (stack !== undefined) await progress.step('Stopping', () => stack?.stop());
  });

  const { mysqlUrl, redisUrl } = settings;
  const [plan] = await Promise.all([
    progress.step('Finding the servers', (report) => planServers({ mysqlUrl, redisUrl }, report)),
    prepare(settings, progress),
  ]);
  if (compiled) await progress.step('Compiling the services', (report) => compileServices(ROOT, report));
  stack = await startStack({
    root: ROOT,
    programs: compiled ? MODULES : PROGRAMS,
    dataDir: settings.dataDir,
    replicas: settings.replicas,
    ports: { gateway: settings.port, sandbox: settings.sandboxPort },
    mysqlUrl,
    redisUrl,
    plan,
    onLog: (name, line) => terminal.take(name, line),
    progress,
  });
  lock.update({ gateway, mysqlUrl: stack.urls.mysql, redisUrl: stack.urls.redis });
  return { stack, settings, progress, terminal };
}

/**
 * Packages and build.
 *
 * @param {import('./environment.mjs').Settings} settings
 * @param {Progress} progress
 */
export async function prepare({ root, dataDir }, progress) {
  await whilePreparing(dataDir, async () => {
    await progress.step('Installing the packages', (report) => ensurePackages(root, report));
    await build(root, progress);
  });
}

/**
 * Two launchers in one folder (`npm start` beside `npm test`) must not install or build over each other.
 *
 * @template T
 * @param {string} dataDir
 * @param {() => Promise<T>} work
 */
export function whilePreparing(dataDir, work) {
  return withLock(join(dataDir, 'preparing.lock'), work);
}

/** @param {import('./environment.mjs').Settings} settings */
async function requirePorts({ port, replicas, sandboxPort, production }) {
  for (let gateway = port; gateway < port + replicas; gateway += 1) {
    if (gateway === sandboxPort) {
      throw new Problem(
        `PORT ${port} with ${replicas} replicas reaches SANDBOX_PORT ${sandboxPort}: move one of them.`,
      );
    }
    if (await isPortFree(gateway)) continue;
    throw new Problem(
      `Port ${gateway} is in use by another program: choose another one with \`PORT=${port + 200} npm start\`.`,
    );
  }
  if (production || (await isPortFree(sandboxPort))) return;
  throw new Problem(
    `Port ${sandboxPort} is in use by another program: choose another one for the sandbox with \`SANDBOX_PORT=${sandboxPort + 200} npm start\`.`,
  );
}
