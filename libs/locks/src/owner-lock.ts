/**
 * Keeps two from working on one owner's wallet at a time. Admission control, nothing more: a holder that was paused
 * for longer than its lock goes on writing, so what must be right is made right by the database (its versions,
 * sequences and unique keys), with this lock held by one, by everybody, or by nobody.
 */
export abstract class OwnerLock {
  /**
   * Runs `work` while holding the owner's lock.
   *
   * @param work its signal is aborted if the lock is lost meanwhile; it may go on all the same, and its result counts.
   * @throws DomainError `WALLET_BUSY` when others held the lock for too long: `work` was not run.
   */
  abstract withLock<T>(owner: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Grants every lock to everybody: for installations that leave the order to MySQL alone (`LOCKS=none`). */
export class EverybodysLock extends OwnerLock {
  withLock<T>(_owner: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return work(new AbortController().signal);
  }
}

/** `redis-unreachable`: the work begins without the lock. `lost`: it went on after the lock had ended. */
export type UnlockedReason = 'redis-unreachable' | 'lost';

/** For metrics and logs; must not throw. */
export interface LockObserver {
  /** Told at most once a reason for each `withLock`. */
  onUnlocked(owner: string, reason: UnlockedReason): void;
}
