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

/**
 * The next time to ask: the next rung, but never later than the expiry, when the attempt is due to be closed. After
 * that, ever slower while the channel gives no answer: unknown stays unknown and is asked again.
 */
export function nextQueryAt(ladder: QueryLadder, asked: Asked, now: Date): Date {
  const closeAt = asked.expiresAt.getTime() + ladder.expiryGraceMs;
  const rung = ladder.rungsMs[asked.queryCount];
  const due = rung === undefined ? closeAt : asked.createdAt.getTime() + rung;
  // Behind schedule (we were down, or the expiry has passed and the channel is silent): soon, and then ever slower.
  const lateness = now.getTime() - Math.min(due, closeAt);
  if (lateness < 0) return new Date(Math.min(due, closeAt));
  const lastGap = ladder.rungsMs[0] ?? 10_000;
  return new Date(now.getTime() + Math.min(Math.max(lateness, lastGap), 15 * 60_000));
}

/** True when it is time to close at the channel instead of only asking. */
export function isDueToClose(ladder: QueryLadder, asked: Pick<Asked, 'expiresAt'>, now: Date): boolean {
  return now.getTime() >= asked.expiresAt.getTime() + ladder.expiryGraceMs;
}
