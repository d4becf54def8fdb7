const WINDOW_MS = 1_000;

/**
 * At most so many calls in any second, measured from now backwards: no burst at the turn of a second slips through, as it
 * would with a counter that is reset. Refused calls don't count.
 */
export class CallLimit {
  private readonly times: Float64Array;
  private oldest = 0;
  private inWindow = 0;
  private highest = 0;
  private refusals = 0;

  constructor(private readonly callsPerSecond: number) {
    this.times = new Float64Array(callsPerSecond);
  }

  /** @param now a clock that never steps back, in milliseconds */
  tryCall(now: number = performance.now()): boolean {
    while (this.inWindow > 0 && (this.times[this.oldest] ?? 0) <= now - WINDOW_MS) {
      this.oldest = (this.oldest + 1) % this.callsPerSecond;
      this.inWindow -= 1;
    }
    if (this.inWindow === this.callsPerSecond) {
      this.refusals += 1;
      return false;
    }
    this.times[(this.oldest + this.inWindow) % this.callsPerSecond] = now;
    this.inWindow += 1;
    this.highest = Math.max(this.highest, this.inWindow);
    return true;
  }

  statistics(): { callsPerSecond: number; refused: number; highestInOneSecond: number } {
    return { callsPerSecond: this.callsPerSecond, refused: this.refusals, highestInOneSecond: this.highest };
  }
}
