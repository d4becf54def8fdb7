/** How many failed sign-ins are free before each further one locks for a while. */
export interface AttemptLimit {
  /** The failure that brings the first lock. */
  readonly failures: number;
  /** A failure counts until this long has passed without another one (and without a lock). */
  readonly windowMs: number;
  /** The first lock; each further failure doubles it. */
  readonly shortestLockMs: number;
  readonly longestLockMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Guessing the password of one account: whoever keeps trying gets 4 guesses an hour, whoever waits until it is all
 * forgotten about 20.
 */
export const EMAIL_LIMIT: AttemptLimit = {
  failures: 5,
  windowMs: 15 * MINUTE_MS,
  shortestLockMs: MINUTE_MS,
  longestLockMs: 15 * MINUTE_MS,
};

/**
 * Guessing one password for many accounts. An office, a school or a mobile carrier shares one address, so this is
 * far wider; the limit per e-mail address protects the single account anyway.
 */
export const ADDRESS_LIMIT: AttemptLimit = { ...EMAIL_LIMIT, failures: 100 };

export interface FailureCount {
  readonly failures: number;
  readonly lockedUntil: Date | null;
  /** From then on it is as if nothing had failed. */
  readonly forgottenAt: Date;
}

export type Admission =
  | { readonly admitted: true; readonly count: FailureCount }
  | { readonly admitted: false; readonly lockedUntil: Date };

/**
 * Decides about one more attempt, and counts it as failed at once: whoever counts only after checking the password
 * lets a hundred parallel guesses pass before the first one is counted. A success takes its own count back.
 */
export function admit(before: FailureCount | null, limit: AttemptLimit, now: Date): Admission {
  if (before?.lockedUntil && before.lockedUntil > now) {
    return { admitted: false, lockedUntil: before.lockedUntil };
  }
  const failures = before && before.forgottenAt > now ? before.failures + 1 : 1;
  const lockMs = lockAfter(failures, limit);
  return {
    admitted: true,
    count: {
      failures,
      lockedUntil: lockMs === 0 ? null : new Date(now.getTime() + lockMs),
      forgottenAt: new Date(now.getTime() + lockMs + limit.windowMs),
    },
  };
}

function lockAfter(failures: number, limit: AttemptLimit): number {
  if (failures < limit.failures) return 0;
  return Math.min(limit.shortestLockMs * 2 ** (failures - limit.failures), limit.longestLockMs);
}
