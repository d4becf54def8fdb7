import { identity } from '#libs/contracts';
import type { Redis } from 'ioredis';
import { ACCESS_TOKEN } from './access-token.js';

const ENDED = 'ended';

/** Stores unless the session was ended meanwhile: a rebuild that read MySQL a moment too early must not win. */
const PUT_UNLESS_ENDED = `
if redis.call('GET', KEYS[1]) == '${ENDED}' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
return 1`;

/**
 * The live sessions, in Redis: the same for every service and replica. MySQL (identity) is the truth, so a session
 * that is missing here is not over; only identity knows.
 */
export class SessionStore {
  constructor(private readonly redis: Redis) {}

  /**
   * The principal of a live session; `ended` when it is known to be over; null when Redis doesn't know it (then ask
   * `identity.resolve-session`).
   * @throws when Redis doesn't answer
   */
  async get(sessionId: string): Promise<identity.Principal | typeof ENDED | null> {
    const stored = await this.redis.get(keyOf(sessionId));
    if (stored === null) return null;
    if (stored === ENDED) return ENDED;
    // A value that an older or newer release wrote otherwise is as good as none: identity writes it anew.
    return parsePrincipal(stored);
  }

  /**
   * Makes a session known until `expiresAt`.
   * @returns false when the session has been ended in the meantime: nothing was stored
   */
  async put(principal: identity.Principal, expiresAt: Date): Promise<boolean> {
    const value = JSON.stringify(identity.principal.encode(principal));
    const stored = await this.redis.eval(
      PUT_UNLESS_ENDED,
      1,
      keyOf(principal.sessionId),
      value,
      expiresAt.getTime(),
    );
    return stored === 1;
  }

  /** Ends a session. The mark stays for as long as an access token issued a moment ago could still be shown. */
  async end(sessionId: string): Promise<void> {
    await this.redis.set(keyOf(sessionId), ENDED, 'PX', ACCESS_TOKEN.lifeMs);
  }

  /** Ends several sessions; each has its own key, and so its own slot in a cluster. */
  async endMany(sessionIds: readonly string[]): Promise<void> {
    await Promise.all(sessionIds.map((sessionId) => this.end(sessionId)));
  }
}

function keyOf(sessionId: string): string {
  return `clearbid:{session:${sessionId}}`;
}

function parsePrincipal(stored: string): identity.Principal | null {
  try {
    return identity.principal.parse(JSON.parse(stored));
  } catch {
    return null;
  }
}
