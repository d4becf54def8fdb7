// @ts-check
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';

/** From the results to the end of the process. */
const END_TIMEOUT_MS = 30_000;
const RUN_TIMEOUT_MS = 60 * 60_000;

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * @typedef {object} JestRun
 * @property {string} root
 * @property {string} project
 * @property {string[]} patterns only test files whose path matches one of them; empty: all
 * @property {string} workers files at a time, or their share of the cores
 * @property {NodeJS.ProcessEnv} env
 * @property {string} reportFile
 */

/**
 * Runs one Jest project; its own output goes straight to the terminal.
 *
 * @param {JestRun} jest
 * @returns {Promise<Totals>}
 */
export async function runJest({ root, project, patterns, workers, env, reportFile }) {
  mkdirSync(join(reportFile, '..'), { recursive: true });
  rmSync(reportFile, { force: true });
  const args = ['--selectProjects', project, '--json', `--outputFile=${reportFile}`, '--passWithNoTests'];
  args.push(workers === '1' ? '--runInBand' : `--maxWorkers=${workers}`);
  const impatience = killWhenHanging(reportFile);
  const { code } = await run(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), ...args, ...patterns],
    {
      cwd: root,
      stdio: 'inherit',
      signal: impatience.signal,
      env: {
        ...env,
        NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
      },
    },
  );
  impatience.end();
  const totals = existsSync(reportFile)
    ? totalsOf(JSON.parse(readFileSync(reportFile, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  if (impatience.signal.aborted) {
    console.error(`${project}: Jest didn't end by itself; some test leaves something open, or hangs.`);
    totals.failed += 1;
  }
  // Jest itself fell over: that is a failure even if no test says so.
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

/**
 * Jest waits for ever for what a test left open, although all its results are known, or for a test that never yields.
 *
 * @param {string} reportFile
 */
function killWhenHanging(reportFile) {
  const startedAt = Date.now();
  const controller = new AbortController();
  let knownSince = Infinity;
  const timer = setInterval(() => {
    const now = Date.now();
    if (existsSync(reportFile)) knownSince = Math.min(knownSince, now);
    if (now - knownSince > END_TIMEOUT_MS || now - startedAt > RUN_TIMEOUT_MS) controller.abort();
  }, 1_000);
  return { signal: controller.signal, end: () => clearInterval(timer) };
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numRuntimeErrorTestSuites: number }} report
 *   as `jest --json` writes it
 * @returns {Totals} a suite that couldn't run at all (an import that fails, say) is one failure
 */
export function totalsOf(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * @param {Totals} totals
 * @returns {string} the last line of `npm test`
 */
export function totalLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
