import type { Schemas } from '../../api/client';
import { parseYuan } from '../../money/yuan';

type EarningsOfDay = Schemas['EarningsOfDay'];

const DAY_MS = 86_400_000;
const BEIJING_OFFSET_MS = 8 * 3_600_000;
/** Bars are drawn in thousandths of the scale: finer than any screen. */
const FULL = 1_000n;

/** One day of the chart, also one without earnings. */
export interface Bar {
  readonly day: string;
  /** Micro-yuan. */
  readonly earned: bigint;
  readonly pending: bigint;
  /** Null where nothing was earned. */
  readonly maturesOn: string | null;
}

export function beijingDay(atMs: number): string {
  return new Date(atMs + BEIJING_OFFSET_MS).toISOString().slice(0, 10);
}

/** The days from one to another, both with it. */
function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

export function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(day) - count * DAY_MS).toISOString().slice(0, 10);
}

/** The API leaves days without earnings out; a chart must not. */
export function barsOf(days: readonly EarningsOfDay[], from: string, to: string): Bar[] {
  const known = new Map(days.map((each) => [each.day, each]));
  return daysBetween(from, to).map((day) => {
    const found = known.get(day);
    return {
      day,
      earned: found ? parseYuan(found.earned) : 0n,
      pending: found ? parseYuan(found.pending) : 0n,
      maturesOn: found?.maturesOn ?? null,
    };
  });
}

/** The top of the scale in micro-yuan: 1, 2, 4, 5 or 8 times a power of ten, so that its half and quarters read well. */
export function niceCeiling(most: bigint): bigint {
  if (most <= 0n) return 1_000_000n;
  const power = 10n ** BigInt(most.toString().length - 1);
  for (const times of [1n, 2n, 4n, 5n, 8n]) if (times * power >= most) return times * power;
  return 10n * power;
}

/** How high a part stands, from 0 to 1000. What was earned at all can be seen. */
export function heightOf(micros: bigint, ceiling: bigint): number {
  if (micros <= 0n) return 0;
  return Math.max(4, Number((micros * FULL) / ceiling));
}
