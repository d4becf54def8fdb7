// @ts-check
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { LEDGER_GUARDS } from './ledger-guards.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';
import { openRunFolder } from './run-folder.mjs';
import { endOnSignals } from './signals.mjs';
import { chooseTiers, prepareTests } from './test.mjs';

/** @typedef {import('./ledger-guards.mjs').Mutant} Mutant */

/** What tests of libraries and services need of the sources. */
const SOURCES = ['apps', 'libs', 'scripts', 'jest.config.mjs', 'package.json', 'tsconfig.json', '.swcrc'];
const LIMIT_MS = 240_000;
/** Of the model's random sequences: enough to meet each guard. */
const SEQUENCES = '60';

/**
 * `npm run mutants [-- word …]`: takes out one guard of the ledger after the other, in a copy of the sources, and runs the
 * specs that are there to notice. With words: only guards whose name has one of them.
 */
export function mutants() {
  return main(async () => {
    const words = process.argv.slice(2);
    const chosen = LEDGER_GUARDS.filter(
      ({ guard }) => words.length === 0 || words.some((word) => guard.includes(word)),
    );
    if (chosen.length === 0) throw new Problem(`No guard is called like that: ${words.join(', ')}`);
    // All of them before the first minute is spent.
    for (const mutant of LEDGER_GUARDS) withoutGuard(ROOT, mutant);

    const settings = readSettings(ROOT);
    const progress = new Progress(process.stdout);
    const { home, remove } = await openRunFolder(join(settings.dataDir, 'mutants'));
    let stop = async () => {};
    endOnSignals(() => stop());
    try {
      const setUp = await prepareTests({
        tiers: chooseTiers(['integration']).tiers,
        home,
        settings,
        progress,
      });
      stop = setUp.stop;
      const copy = copySources(join(home, 'copy'));
      const specs = [...new Set(chosen.flatMap((mutant) => mutant.specs))];
      const whole = await runSpecs(copy, specs, setUp.env);
      if (whole.failedBy !== null) {
        throw new Problem(
          `With every guard in its place a test fails already: ${whole.failedBy}`,
          whole.output,
        );
      }
      progress.print(`With every guard in its place: ${specs.length} files pass in ${whole.seconds} s.\n`);
      return await takeOutEach(chosen, copy, setUp.env, progress);
    } finally {
      await stop();
      remove();
    }
  });
}

/**
 * @param {readonly Mutant[]} chosen
 * @param {string} copy
 * @param {NodeJS.ProcessEnv} env
 * @param {Progress} progress
 * @returns {Promise<number>} exit code
 */
async function takeOutEach(chosen, copy, env, progress) {
  progress.print('| guard | place | failed by | seconds |\n|---|---|---|---|');
  let survivors = 0;
  for (const mutant of chosen) {
    const file = join(copy, mutant.file);
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, withoutGuard(copy, mutant));
    const { failedBy, seconds } = await runSpecs(copy, mutant.specs, env);
    writeFileSync(file, source);
    if (failedBy === null) survivors += 1;
    progress.print(
      `| ${mutant.guard} | ${mutant.file} | ${failedBy ?? '**nothing: it survives**'} | ${seconds} |`,
    );
  }
  progress.print(`\n${chosen.length} guards taken out, ${survivors} of them without anybody noticing.`);
  return survivors === 0 ? 0 : 1;
}

/**
 * @param {string} root
 * @param {Mutant} mutant
 * @returns {string} the file's text without the guard
 * @throws {Problem} when the text is not there, or more than once: a guard that was moved must be taken out elsewhere
 */
export function withoutGuard(root, { guard, file, find, replace }) {
  const path = join(root, file);
  const parts = existsSync(path) ? readFileSync(path, 'utf8').split(find) : [];
  if (parts.length !== 2) {
    throw new Problem(
      `The guard "${guard}" can't be taken out: its text stands ${Math.max(0, parts.length - 1)} times in ${file}, and must stand there once. Mend scripts/launcher/ledger-guards.mjs.`,
      find,
    );
  }
  return parts.join(replace);
}

/**
 * @param {string} copy
 * @returns {string}
 */
function copySources(copy) {
  mkdirSync(copy);
  for (const name of SOURCES) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/**
 * @typedef {object} Verdict
 * @property {string | null} failedBy the first test that failed
 * @property {number} seconds
 * @property {string} output
 */

/**
 * @param {string} copy
 * @param {readonly string[]} specs
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Verdict>}
 * @throws {Problem} when they can't be run at all: then nothing is proven
 */
async function runSpecs(copy, specs, env) {
  const reportFile = join(copy, 'report.json');
  rmSync(reportFile, { force: true });
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { output } = await run(
    process.execPath,
    [
      join(copy, 'node_modules/jest/bin/jest.js'),
      '--selectProjects=unit',
      '--selectProjects=integration',
      '--runInBand',
      '--forceExit',
      '--json',
      `--outputFile=${reportFile}`,
      '--runTestsByPath',
      ...specs,
    ],
    {
      cwd: copy,
      signal,
      env: {
        ...env,
        LEDGER_SEQUENCES: SEQUENCES,
        NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
      },
    },
  );
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  if (signal.aborted) return { failedBy: `no end after ${LIMIT_MS / 1_000} s`, seconds, output };
  if (!existsSync(reportFile)) throw new Problem('Jest has left no report.', output);
  return { failedBy: firstFailure(JSON.parse(readFileSync(reportFile, 'utf8'))), seconds, output };
}

/**
 * @param {{ numPassedTests: number, testResults: { name: string, message: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 *   as `jest --json` writes it
 * @returns {string | null}
 * @throws {Problem}
 */
export function firstFailure({ numPassedTests, testResults }) {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed !== undefined) return failed.fullName;
  const broken = testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (broken !== undefined || numPassedTests === 0) {
    throw new Problem(`${broken?.name ?? 'Jest'} could not be run at all.`, broken?.message ?? '');
  }
  return null;
}
