/** When to ask the channel about an attempt of which it has not told us anything. All times in ms. */
export interface QueryLadder {
  /** Delays from the attempt's creation, ascending. */
  readonly rungsMs: readonly number[];
  /** How long after its expiry an attempt is closed: the channel's clock and ours are not the same. */
  readonly expiryGraceMs: number;
}

export const DEFAULT_RUNGS_SECONDS = [10, 20, 30, 60, 120, 240, 480, 900, 1_800, 3_600];

export interface Asked {
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** How often it was asked before. */
  readonly queryCount: number;
}

/** However long a channel has been silent, it is asked again within this. */
const MAX_GAP_MS = 15 * 60_000;

/**
 * The next time to ask: the next rung that is still to come (those that passed while we were down are not made up
 * for), but never later than the closing. After that, ever slower while the channel gives no answer: unknown stays
 * unknown and is asked again.
 */
export function nextQueryAt(ladder: QueryLadder, asked: Asked, now: Date): Date {
  const nowMs = now.getTime();
  const createdMs = asked.createdAt.getTime();
  const closeMs = asked.expiresAt.getTime() + ladder.expiryGraceMs;
  if (nowMs < closeMs) {
    const rungs = ladder.rungsMs.slice(asked.queryCount);
    const rungMs = rungs.find((rung) => createdMs + rung > nowMs);
    return new Date(rungMs === undefined ? closeMs : Math.min(createdMs + rungMs, closeMs));
  }
  const firstGapMs = ladder.rungsMs[0] ?? 10_000;
  return new Date(nowMs + Math.min(Math.max(nowMs - closeMs, firstGapMs), MAX_GAP_MS));
}

/** True when it is time to close at the channel instead of only asking. */
export function isDueToClose(ladder: QueryLadder, asked: Pick<Asked, 'expiresAt'>, now: Date): boolean {
  return now.getTime() >= asked.expiresAt.getTime() + ladder.expiryGraceMs;
}
