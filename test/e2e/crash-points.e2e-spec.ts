import { appendFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runCrashPoints } from './crash-points/crash-run.js';

/** `npm run chaos -- crash-points --seed N --strikes M` runs this with others; all there are unless told. */
const seed = Number(process.env['CRASH_SEED'] ?? 1);
// What fits into every test run.
const strikes = Number(process.env['CRASH_STRIKES'] ?? 14);
const summaryFile = process.env['CRASH_SUMMARY_FILE'];

const FIXED_MS = 180_000;
const PER_STRIKE_MS = 15_000;

describe('A service that dies at any await of SQL, Redis or HTTP', () => {
  it(
    `seed ${seed}, ${strikes} deaths: each flow comes to its end, and the books balance`,
    async () => {
      const print = (line: string) => process.stderr.write(`crash points: ${line}\n`);

      const { summary, faults } = await runCrashPoints({ seed, strikes, print });

      print(summary);
      if (summaryFile !== undefined) appendFileSync(summaryFile, `${summary}\n`);
      expect(faults).toEqual([]);
    },
    FIXED_MS + strikes * PER_STRIKE_MS,
  );
});
