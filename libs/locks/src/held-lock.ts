import type Redlock from 'redlock';
import type { Acquisition } from './acquisition.js';

const EXTENSIONS_PER_TTL = 3;

/** A lock that was granted, and the watchdog that keeps it alive. */
export class HeldLock {
  private timer: NodeJS.Timeout | undefined;
  private extending: Promise<void> = Promise.resolve();
  private lost = false;
  private released = false;

  constructor(
    private readonly lock: Redlock.Lock,
    private readonly acquisition: Acquisition,
    private readonly ttlMs: number,
  ) {}

  watch(onLost: () => void): void {
    this.timer = setTimeout(() => {
      this.extending = this.extend(onLost);
    }, this.ttlMs / EXTENSIONS_PER_TTL);
  }

  /** Gives the lock back. What can't be given back runs out by itself. */
  async release(onLost: () => void): Promise<void> {
    this.released = true;
    clearTimeout(this.timer);
    await this.extending;
    if (this.lost) return;
    const wasHeld = await this.acquisition.unlock(this.lock);
    // It ran out unnoticed, since this process was too busy (or paused) for its own timers.
    if (!wasHeld && this.acquisition.majorityAnswers) onLost();
  }

  private async extend(onLost: () => void): Promise<void> {
    if (await this.acquisition.extend(this.lock, this.ttlMs)) {
      if (!this.released) this.watch(onLost);
      return;
    }
    // The library gives up a lock that it could not extend: there is nothing left to try again with.
    this.lost = true;
    onLost();
  }
}
