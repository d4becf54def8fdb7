// @ts-check
import { join } from 'node:path';
import { build } from './build.mjs';
import { readSettings } from './environment.mjs';
import { holderOf, takeLock, withLock } from './lock.mjs';
import { main } from './main.mjs';
import { ensurePackages } from './packages.mjs';
import { isPortFree } from './ports.mjs';
import { Problem } from './problem.mjs';
import { Progress, elapsed } from './progress.mjs';
import { DEMO_PASSWORD, box, formatReceipt, rechargeOnce } from './receipt.mjs';
import { ROOT } from './root.mjs';
import { endOnSignals } from './signals.mjs';
import { startStack } from './stack.mjs';
import { Terminal } from './terminal.mjs';

/**
 * What a running Clearbid tells the other scripts.
 *
 * @typedef {object} Running
 * @property {string} gateway
 * @property {string} [mysqlUrl]
 * @property {string} [redisUrl]
 */

/** @param {string} dataDir */
export const runningFile = (dataDir) => join(dataDir, 'running.json');

/** `npm start`. */
export function start() {
  return main(async () => {
    const startedAt = Date.now();
    const settings = readSettings(ROOT);
    const gateway = `http://localhost:${settings.port}`;
    /** @type {import('./lock.mjs').Lock<Running> | undefined} */
    const lock = takeLock(runningFile(settings.dataDir), { gateway });
    if (lock === undefined) {
      /** @type {import('./lock.mjs').Holder<Running> | undefined} */
      const holder = holderOf(runningFile(settings.dataDir));
      throw new Problem(
        `Clearbid runs already from this folder, at ${holder?.info.gateway ?? 'another address'} (pid ${holder?.pid ?? 'unknown'}): stop that one first, with Ctrl-C or kill.`,
      );
    }
    await requirePorts(settings);

    const progress = new Progress(process.stdout);
    const terminal = new Terminal(progress, { raw: process.env.LOG_FORMAT === 'json' });
    /** @type {import('./stack.mjs').Stack | undefined} */
    let stack;
    endOnSignals(async () => {
      terminal.threshold = 'warn';
      if (stack !== undefined) await progress.step('Stopping', () => stack?.stop());
    });

    await prepare(settings, progress);
    stack = await startStack({
      root: ROOT,
      dataDir: settings.dataDir,
      replicas: settings.replicas,
      ports: { gateway: settings.port, sandbox: settings.sandboxPort },
      mysqlUrl: settings.mysqlUrl,
      redisUrl: settings.redisUrl,
      onLog: (name, line) => terminal.take(name, line),
      progress,
    });
    lock.update({ gateway, mysqlUrl: stack.urls.mysql, redisUrl: stack.urls.redis });
    await welcome(stack, settings, progress);
    progress.print(`Clearbid is up after ${elapsed(startedAt)}. Ctrl-C stops everything.\n`);
    terminal.threshold = 'trace';
  });
}

/**
 * @param {import('./environment.mjs').Settings} settings
 * @param {Progress} progress
 */
export async function prepare(settings, progress) {
  // Two launchers in one folder (npm start beside npm test) must not install or build over each other.
  await withLock(join(settings.dataDir, 'preparing.lock'), async () => {
    await progress.step('Installing the packages', (report) => ensurePackages(settings.root, report));
    await build(settings.root, progress);
  });
}

/** @param {import('./environment.mjs').Settings} settings */
async function requirePorts({ port, replicas, sandboxPort, production }) {
  for (let index = 0; index < replicas; index += 1) {
    if (port + index === sandboxPort) {
      throw new Problem(
        `PORT ${port} with ${replicas} replicas reaches SANDBOX_PORT ${sandboxPort}: move one of them.`,
      );
    }
    if (await isPortFree(port + index)) continue;
    throw new Problem(
      `Port ${port + index} is in use by another program: choose another one with \`PORT=${port + 200} npm start\`.`,
    );
  }
  if (!production && !(await isPortFree(sandboxPort))) {
    throw new Problem(
      `Port ${sandboxPort} is in use by another program: choose another one for the sandbox with \`SANDBOX_PORT=${sandboxPort + 200} npm start\`.`,
    );
  }
}

/**
 * Shows that it works, and where to go from here.
 *
 * @param {import('./stack.mjs').Stack} stack
 * @param {import('./environment.mjs').Settings} settings
 * @param {Progress} progress
 */
async function welcome({ urls }, { production }, progress) {
  const { gateway, sandbox } = urls;
  const addresses = [
    ['Console', gateway],
    ['API documents', `${gateway}/docs`],
    ...urls.gateways.slice(1).map((url, index) => [`Gateway ${index + 2}`, url]),
    ...(sandbox === undefined ? [] : [['Alipay sandbox', sandbox]]),
    ...(sandbox === undefined ? [] : [['Its control', `POST ${sandbox}/control/trades/{outTradeNo}/pay`]]),
  ].map(([label = '', value = '']) => `${label.padEnd(16)}${value}`);
  if (!production && sandbox !== undefined) {
    const receipt = await progress.step('Recharging the demo wallet', (report) =>
      rechargeOnce({ gateway, sandbox }, report),
    );
    progress.print(`\n${formatReceipt(receipt, progress.colour)}`);
  }
  progress.print(`\n${box('Addresses', addresses, progress.colour)}`);
  if (production) return;
  const people = ['merchant', 'traffic', 'operator', 'auditor'].map(
    (name) => `${name}@demo.test`.padEnd(24) + DEMO_PASSWORD,
  );
  progress.print(`\n${box('Demo sign-ins', people, progress.colour)}\n`);
}
