export interface SweepOptions {
  /** For log lines: "sweep the outbox". */
  readonly name: string;
  readonly everyMs: number;
  /** Does what is due; gives how much there was. */
  readonly work: () => Promise<number>;
  /** As much as one round takes at most: a full round is followed by the next at once. */
  readonly batch: number;
  /** Told of a round that failed; the next one comes all the same. */
  readonly onError: (error: unknown, name: string) => void;
}

/**
 * The sure half of "time is a job plus a sweep": looks again and again for rows whose due time has come, so that what
 * must happen later happens even if whoever planned it is gone. Every replica sweeps; the work itself must see to it
 * that two of them don't take the same row (`FOR UPDATE SKIP LOCKED`) or that it doesn't matter.
 */
export class Sweep {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = true;

  constructor(private readonly options: SweepOptions) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.schedule(this.options.everyMs);
  }

  /** Resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(inMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.round().then((nextInMs) => {
        this.running = undefined;
        if (!this.stopped) this.schedule(nextInMs);
      });
    }, inMs);
  }

  private async round(): Promise<number> {
    const { name, everyMs, work, batch, onError } = this.options;
    try {
      return (await work()) >= batch ? 0 : everyMs;
    } catch (error) {
      onError(error, name);
      return everyMs;
    }
  }
}
