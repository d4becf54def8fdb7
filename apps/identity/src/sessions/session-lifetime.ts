/** How long a session lives. */
export interface SessionLifetime {
  /** Without being used. */
  readonly idleMs: number;
  /** However much it is used. */
  readonly absoluteMs: number;
}

const DAY_MS = 86_400_000;

export const SESSION_LIFETIME: SessionLifetime = { idleMs: 30 * DAY_MS, absoluteMs: 90 * DAY_MS };

/** When a session that is used now ends by itself: sliding, but never past its absolute age. */
export function sessionExpiry(
  createdAt: Date,
  now: Date,
  lifetime: SessionLifetime = SESSION_LIFETIME,
): Date {
  return new Date(Math.min(now.getTime() + lifetime.idleMs, createdAt.getTime() + lifetime.absoluteMs));
}
