import { appendFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { wallet } from '#libs/contracts';
import { type Fault } from '../testing/model/judge.js';
import { type Played, play } from '../testing/model/play.js';

/** `npm run chaos -- ledger --seed N --sequences M` runs this with others, `--sequence K` one of them again. */
const seed = Number(process.env['LEDGER_SEED'] ?? 1);
const sequences = Number(process.env['LEDGER_SEQUENCES'] ?? 500);
const only = process.env['LEDGER_SEQUENCE'];
const summaryFile = process.env['LEDGER_SUMMARY_FILE'];

/** The same sequence never meets the same moment twice: so often it is tried. */
const TRIES_OF_ONE = 20;
/** One in so many has amounts at the edges of BIGINT, in a book of their own: they would leave no room for the others. */
const RICH_EVERY = 10;
/** In so many sequences each kind of transfer is posted, whatever the seed. */
const ENOUGH_FOR_EACH_KIND = 400;
const FIXED_MS = 60_000;
const PER_SEQUENCE_MS = 1_000;

const isRich = (number: number) => number % RICH_EVERY === 0;
const numbers =
  only === undefined
    ? Array.from({ length: sequences }, (_, index) => index + 1)
    : Array.from({ length: TRIES_OF_ONE }, () => Number(only));

function summaryOf(played: readonly Played[], seconds: number): string {
  const counts = new Map<string, number>();
  for (const [what, count] of played.flatMap((one) => [...one.counts])) {
    counts.set(what, (counts.get(what) ?? 0) + count);
  }
  const words = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([what, count]) => `${count} ${what}`);
  const faults = played.flatMap((one) => one.faults);
  const verdict = faults.length === 0 ? 'RIGHT' : `WRONG (${faults.length})`;
  return [
    ...faults.slice(0, 5).map(lineOf),
    `ledger, seed ${seed}: ${numbers.length} sequences: ${words.join(', ')}; ${seconds} s: ${verdict}`,
  ].join('\n');
}

const lineOf = ({ sequence, what }: Fault): string =>
  sequence === null
    ? what
    : `sequence ${sequence}: ${what}\n  again: npm run chaos -- ledger --seed ${seed} --sequence ${sequence}`;

describe('Random transfers of every kind, asked for by many on three replicas, with trouble', () => {
  it(
    `seed ${seed}, ${numbers.length} sequences: are what a model makes of them in the order of commit`,
    async () => {
      const startedAt = performance.now();
      const ordinary = await play({
        seed,
        sequences: numbers.filter((number) => !isRich(number)),
        rich: false,
      });
      const rich = await play({ seed, sequences: numbers.filter(isRich), rich: true });

      const summary = summaryOf([ordinary, rich], Math.round((performance.now() - startedAt) / 1_000));
      process.stderr.write(`${summary}\n`);
      if (summaryFile !== undefined) appendFileSync(summaryFile, `${summary}\n`);
      expect([...ordinary.faults, ...rich.faults]).toEqual([]);
      if (numbers.length < ENOUGH_FOR_EACH_KIND || only !== undefined) return;
      // A new kind of transfer belongs into the model: see testing/model/random-life.ts.
      expect([...ordinary.kinds].sort()).toEqual([...wallet.transferKind.options].sort());
      expect(ordinary.counts.get('cuts')).toBeGreaterThan(0);
    },
    FIXED_MS + numbers.length * PER_SEQUENCE_MS,
  );
});
