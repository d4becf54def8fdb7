import { Clock } from '../clock.js';

/** The real time and what the test has added to it. */
export class TurnedClock extends Clock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advance(ms: number): void {
    this.aheadMs += ms;
  }

  turnBack(): void {
    this.aheadMs = 0;
  }
}
