import type { Fault, Outcomes } from './verdict.js';

export interface Summary {
  readonly seed: number;
  readonly payments: number;
  readonly withdrawals: number;
  readonly startedAt: Date;
  readonly kills: number;
  readonly outcomes: Outcomes;
  readonly faults: readonly Fault[];
}

/** One line that says how everything has ended. */
export function summaryOf({
  seed,
  payments,
  withdrawals,
  startedAt,
  kills,
  outcomes,
  faults,
}: Summary): string {
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1_000);
  const words = Object.entries(outcomes)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
  const verdict = faults.length === 0 ? 'RIGHT' : `WRONG (${faults.length})`;
  return `seed ${seed}: ${payments} payments, ${withdrawals} owners' wishes: ${words}; ${kills} kills, 1 FLUSHALL; ${seconds} s: ${verdict}`;
}
