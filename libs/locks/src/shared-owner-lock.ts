import { OwnerLock } from './owner-lock.js';

/** Whoever comes later than this after the lock was granted waits for the next grant: other replicas want it, too. */
const OPEN_FOR_MS = 100;

/**
 * Lets the callers of one process in together, under one grant of another lock. For work that is safe beside its like
 * within a process, and faster there: postings to one wallet that are gathered into one transaction. Processes still
 * keep out of each other's way.
 */
export class SharedOwnerLock extends OwnerLock {
  private readonly parties = new Map<string, Party>();

  constructor(private readonly lock: OwnerLock) {
    super();
  }

  async withLock<T>(owner: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let party = this.parties.get(owner);
    if (!party?.isOpen) {
      party = new Party(this.lock, owner);
      this.parties.set(owner, party);
    }
    try {
      return await party.join(work);
    } finally {
      if (party.isOver && this.parties.get(owner) === party) this.parties.delete(owner);
    }
  }
}

/** Callers that hold one lock together: it is given back when the last of them has left. */
class Party {
  private guests = 0;
  private grantedAt: number | undefined;
  private readonly granted: Promise<AbortSignal>;
  private end: () => void = () => undefined;

  constructor(lock: OwnerLock, owner: string) {
    const over = new Promise<void>((resolve) => (this.end = resolve));
    this.granted = new Promise((resolve, reject) => {
      const hold = (signal: AbortSignal) => {
        this.grantedAt = performance.now();
        resolve(signal);
        return over;
      };
      lock.withLock(owner, hold).catch(reject);
    });
  }

  get isOpen(): boolean {
    return this.grantedAt === undefined || performance.now() - this.grantedAt < OPEN_FOR_MS;
  }

  get isOver(): boolean {
    return this.guests === 0;
  }

  async join<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.guests += 1;
    try {
      return await work(await this.granted);
    } finally {
      this.guests -= 1;
      if (this.isOver) this.end();
    }
  }
}
