// @ts-check
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from './build.mjs';
import { runChecks } from './checks.mjs';
import { ensureChromium } from './chromium.mjs';
import { findProgram } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { runJest, totalLine } from './jest.mjs';
import { whilePreparing } from './launch.mjs';
import { main } from './main.mjs';
import { prepareMariadbTemplate } from './mariadb.mjs';
import { ensurePackages } from './packages.mjs';
import { Problem } from './problem.mjs';
import { Progress, elapsed } from './progress.mjs';
import { findRedis } from './redis.mjs';
import { ROOT } from './root.mjs';
import { openRunFolder } from './run-folder.mjs';
import { planServers, startServers } from './servers.mjs';
import { endOnSignals } from './signals.mjs';
import { prepareStackTemplate } from './stack-template.mjs';
import { styleText } from './style.mjs';

/**
 * @typedef {object} Tier
 * @property {string} name
 * @property {boolean} jest false: not a Jest project
 * @property {boolean} servers
 * @property {boolean} build
 * @property {boolean} browser
 * @property {string} workers files at a time, as a share of the cores; `1`: each wants the whole machine
 */

/** From the quickest answer to the slowest. */
/** @type {Tier[]} */
const TIERS = [
  { name: 'check', jest: false, servers: false, build: false, browser: false, workers: '1' },
  { name: 'unit', jest: true, servers: false, build: false, browser: false, workers: '100%' },
  { name: 'integration', jest: true, servers: true, build: false, browser: false, workers: '100%' },
  { name: 'e2e', jest: true, servers: true, build: true, browser: false, workers: '100%' },
  { name: 'disasters', jest: true, servers: true, build: true, browser: false, workers: '1' },
  { name: 'browser', jest: true, servers: true, build: true, browser: true, workers: '100%' },
];

/** @typedef {import('./jest.mjs').Totals} Totals */

/**
 * @param {string[]} args of the command line: names of tiers, then patterns for test files
 * @returns {{ tiers: Tier[], patterns: string[] }}
 */
export function chooseTiers(args) {
  const named = TIERS.filter(({ name }) => args.includes(name));
  const patterns = args.filter((arg) => !TIERS.some(({ name }) => name === arg));
  const all = patterns.length > 0 ? TIERS.filter(({ jest }) => jest) : TIERS;
  return { tiers: named.length > 0 ? named : all, patterns };
}

/** `npm test`. */
export function test() {
  return main(async () => {
    const startedAt = Date.now();
    const settings = readSettings(ROOT);
    const progress = new Progress(process.stdout);
    const { tiers, patterns } = chooseTiers(process.argv.slice(2));
    /** @type {() => Promise<void>} */
    let stopServers = async () => {};
    endOnSignals(() => stopServers());

    const { home, remove } = await openRunFolder(join(settings.dataDir, 'test'));
    const totals = { passed: 0, failed: 0, skipped: 0 };
    try {
      const setUp = await prepareTests({ tiers, home, settings, progress });
      stopServers = setUp.stop;
      if (setUp.buildFailed) totals.failed += 1;
      for (const tier of tiers) {
        progress.print(`\n${styleText('bold', tier.name, progress.colour)}`);
        const tierStartedAt = Date.now();
        const result = await runTier(tier, {
          patterns,
          home,
          env: setUp.env,
          buildFailed: setUp.buildFailed,
          progress,
        });
        progress.print(`${tier.name}: ${totalLine(result)} in ${elapsed(tierStartedAt)}`);
        totals.passed += result.passed;
        totals.failed += result.failed;
        totals.skipped += result.skipped;
      }
    } finally {
      await stopServers();
      remove();
    }
    const nothingRan = totals.passed + totals.failed === 0;
    progress.print(
      `\nAll in ${elapsed(startedAt)}${nothingRan ? ', and nothing ran: no test file matches' : ''}.`,
    );
    progress.print(totalLine(totals));
    return totals.failed > 0 || nothingRan ? 1 : 0;
  });
}

/**
 * @param {Tier} tier
 * @param {{ patterns: string[], home: string, env: NodeJS.ProcessEnv, buildFailed: boolean, progress: Progress }} run
 * @returns {Promise<Totals>}
 */
async function runTier(tier, { patterns, home, env, buildFailed, progress }) {
  if (!tier.jest) return { ...(await runChecks(ROOT, progress)), skipped: 0 };
  if (tier.build && buildFailed) {
    progress.print('It needs what was built, and the build failed.');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return runJest({
    root: ROOT,
    project: tier.name,
    patterns,
    workers: tier.workers,
    env,
    reportFile: join(home, 'reports', `${tier.name}.json`),
  });
}

/**
 * What the tiers stand on: packages, what was built, servers of this run's own.
 *
 * @param {object} wanted
 * @param {Tier[]} wanted.tiers
 * @param {string} wanted.home
 * @param {import('./environment.mjs').Settings} wanted.settings
 * @param {Progress} wanted.progress
 */
export async function prepareTests({ tiers, home, settings, progress }) {
  let buildFailed = false;
  await whilePreparing(settings.dataDir, async () => {
    await progress.step('Installing the packages', (report) => ensurePackages(ROOT, report));
    if (!tiers.some((tier) => tier.build)) return;
    try {
      await build(ROOT, progress);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      progress.print(`${error.details}\n${error.message}`);
      buildFailed = true;
    }
  });
  const env = { ...process.env };
  let stop = async () => {};
  if (tiers.some((tier) => tier.servers)) {
    const { mysqlUrl, redisUrl } = await progress.step('Starting the servers', async (report) => {
      // Never the ones of MYSQL_URL and REDIS_URL: tests kill servers and empty them.
      const plan = await planServers({}, report);
      const servers = await startServers({
        root: ROOT,
        dataDir: home,
        plan,
        redisAppendonly: false,
        autoRestart: false,
        log: (server, line) => progress.print(`${server}: ${line}`),
      });
      stop = servers.stop;
      if (plan.mysql === 'private') {
        const template = join(settings.dataDir, 'test', 'mariadb-template');
        env.TEST_MARIADB_TEMPLATE = await prepareMariadbTemplate(template);
      }
      return servers;
    });
    const mariadbTemplate = env.TEST_MARIADB_TEMPLATE;
    if (mariadbTemplate !== undefined && tiers.some((tier) => tier.build) && !buildFailed) {
      env.TEST_STACK_TEMPLATE = await progress.step('Migrating the schemas', () =>
        prepareStackTemplate({ root: ROOT, mariadbTemplate, directory: join(home, 'stack-template') }),
      );
    }
    env.TEST_MYSQL_URL = mysqlUrl;
    env.TEST_REDIS_URL = redisUrl;
    env.PATH = pathWithServers(home);
  }
  if (tiers.some((tier) => tier.browser)) {
    env.CHROMIUM_PATH = await progress.step('Finding a browser', (report) => ensureChromium(report));
  }
  return { env, stop, buildFailed };
}

/**
 * Tests start servers of their own by their usual names, which not every PATH leads to.
 *
 * @param {string} home
 */
function pathWithServers(home) {
  const folders = [process.env.PATH ?? '', '/usr/local/sbin', '/usr/sbin'];
  const redis = findRedis();
  if (redis !== undefined && findProgram(['redis-server']) === undefined) {
    const bin = join(home, 'bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(redis.file, join(bin, 'redis-server'));
    folders.unshift(bin);
  }
  return folders.join(delimiter);
}
