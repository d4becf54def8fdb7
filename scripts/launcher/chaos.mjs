// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './commands.mjs';
import { main } from './main.mjs';
import { Problem } from './problem.mjs';
import { ROOT } from './root.mjs';

const SPEC = 'test/disasters/chaos.disaster-spec';

/** `npm run chaos -- --seed 7 --payments 2000`: the random run of the tests, with another seed; its last line is the summary. */
export function chaos() {
  return main(async () => {
    const { seed, payments } = readArguments(process.argv.slice(2));
    const folder = mkdtempSync(join(tmpdir(), 'clearbid-chaos-'));
    const summaryFile = join(folder, 'summary.txt');
    try {
      const { code } = await run(process.execPath, [join(ROOT, 'scripts', 'test.mjs'), 'disasters', SPEC], {
        cwd: ROOT,
        stdio: 'inherit',
        env: {
          ...process.env,
          CHAOS_SEED: String(seed),
          CHAOS_PAYMENTS: String(payments),
          CHAOS_SUMMARY_FILE: summaryFile,
        },
      });
      if (existsSync(summaryFile)) console.log(`\n${readFileSync(summaryFile, 'utf8').trim()}`);
      return code;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/**
 * @param {string[]} args
 * @throws {Problem}
 */
function readArguments(args) {
  const { values } = parseArgs({
    args,
    options: { seed: { type: 'string', default: '1' }, payments: { type: 'string', default: '2000' } },
  });
  const [seed, payments] = [Number(values.seed), Number(values.payments)];
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(payments) || payments < 1) {
    throw new Problem('--seed and --payments are whole numbers: npm run chaos -- --seed 7 --payments 2000');
  }
  return { seed, payments };
}
