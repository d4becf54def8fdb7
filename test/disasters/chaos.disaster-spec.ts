import { appendFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runChaos } from './chaos/chaos-run.js';

/** `npm run chaos -- --seed N --payments M` runs this with others. */
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
// What fits into every test run; `npm run chaos` makes 2,000 unless told.
const payments = Number(process.env['CHAOS_PAYMENTS'] ?? 400);
const summaryFile = process.env['CHAOS_SUMMARY_FILE'];

const FIXED_MS = 600_000;
const PER_PAYMENT_MS = 500;

describe('Every trouble at once, on two replicas that are killed', () => {
  it(
    `seed ${seed}, ${payments} payments: what was paid is credited or given back exactly once, and all books agree`,
    async () => {
      const print = (line: string) => process.stderr.write(`chaos: ${line}\n`);

      const { summary, faults } = await runChaos({ seed, payments, print });

      print(summary);
      if (summaryFile !== undefined) appendFileSync(summaryFile, `${summary}\n`);
      expect(faults).toEqual([]);
    },
    FIXED_MS + payments * PER_PAYMENT_MS,
  );
});
