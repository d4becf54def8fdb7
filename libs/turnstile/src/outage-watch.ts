const TICK_MS = 250;
const SILENT_TICKS = 8;

/**
 * Notices that Redis has stopped answering. It counts ticks and not time: when this process itself was stalled, however
 * long, that is one tick, and the answers that came meanwhile are read before the next.
 */
export class OutageWatch<T extends object> {
  private readonly since = new Map<T, number>();
  private timer: NodeJS.Timeout | undefined;
  private tick = 0;
  private answeredAt = 0;

  constructor(private readonly onOutage: (waiting: T) => void) {}

  add(waiting: T): void {
    this.since.set(waiting, this.tick);
    this.timer ??= setInterval(() => this.look(), TICK_MS);
  }

  delete(waiting: T): void {
    this.since.delete(waiting);
    if (this.since.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  answered(): void {
    this.answeredAt = this.tick;
  }

  private look(): void {
    this.tick += 1;
    for (const [waiting, since] of this.since)
      if (this.tick - Math.max(since, this.answeredAt) > SILENT_TICKS) this.onOutage(waiting);
  }
}
