// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './commands.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { ROOT } from './root.mjs';

/**
 * @typedef {object} RandomRun
 * @property {string} tier of the tests
 * @property {string} spec
 * @property {string} prefix of its environment variables: `<prefix>_SEED` and so on, and `<prefix>_SUMMARY_FILE`
 * @property {Readonly<Record<string, string | undefined>>} counts whole numbers that it takes besides its seed; by default
 * @property {string} example
 */

/** @type {Readonly<Record<string, RandomRun>>} */
const RUNS = {
  payments: {
    tier: 'disasters',
    spec: 'test/disasters/chaos.disaster-spec',
    prefix: 'CHAOS',
    counts: { payments: '2000' },
    example: 'npm run chaos -- --seed 7 --payments 2000',
  },
  ledger: {
    tier: 'integration',
    spec: 'apps/wallet/src/ledger/ledger-model.int-spec',
    prefix: 'LEDGER',
    counts: { sequences: '500', sequence: undefined },
    example: 'npm run chaos -- ledger --seed 7 --sequences 2000',
  },
  'crash-points': {
    tier: 'e2e',
    spec: 'test/e2e/crash-points.e2e-spec',
    prefix: 'CRASH',
    counts: { strikes: '100000' },
    example: 'npm run chaos -- crash-points --seed 7 --strikes 50',
  },
};

/**
 * `npm run chaos -- [payments|ledger|crash-points] --seed 7 …`: a random run of the tests with another seed; its last line is the
 * summary.
 */
export function chaos() {
  return main(async () => {
    const { run: chosen, numbers } = readArguments(process.argv.slice(2));
    const folder = mkdtempSync(join(tmpdir(), 'clearbid-chaos-'));
    const summaryFile = join(folder, 'summary.txt');
    try {
      const { code } = await run(
        process.execPath,
        [join(ROOT, 'scripts', 'test.mjs'), chosen.tier, chosen.spec],
        {
          cwd: ROOT,
          stdio: 'inherit',
          env: {
            ...process.env,
            ...Object.fromEntries(
              Object.entries(numbers).map(([name, value]) => [
                `${chosen.prefix}_${name.toUpperCase()}`,
                String(value),
              ]),
            ),
            [`${chosen.prefix}_SUMMARY_FILE`]: summaryFile,
          },
        },
      );
      if (existsSync(summaryFile)) console.log(`\n${readFileSync(summaryFile, 'utf8').trim()}`);
      return code;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/**
 * @param {string[]} args
 * @returns {{ run: RandomRun, numbers: Record<string, number> }}
 * @throws {Problem}
 */
function readArguments(args) {
  const name = args[0]?.startsWith('--') === false ? args[0] : 'payments';
  const chosen = RUNS[name];
  if (chosen === undefined) {
    throw new Problem(`There is no random run ${name}: ${Object.keys(RUNS).join(', ')}.`);
  }
  const defaults = { seed: '1', ...chosen.counts };
  const { values } = parseArgs({
    args: name === args[0] ? args.slice(1) : args,
    options: Object.fromEntries(
      Object.keys(defaults).map((option) => [option, { type: /** @type {const} */ ('string') }]),
    ),
  });
  const given = Object.entries({ ...defaults, ...values }).filter(([, value]) => value !== undefined);
  const numbers = Object.fromEntries(given.map(([option, value]) => [option, Number(value)]));
  for (const [option, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || (option !== 'seed' && value < 1)) {
      throw new Problem(`--${option} is a whole number: ${chosen.example}`);
    }
  }
  return { run: chosen, numbers };
}
