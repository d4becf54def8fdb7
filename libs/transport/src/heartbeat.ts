import type { TransportLogger } from './transport-logger.js';

/** Does something again and again, never twice at once, until it is stopped. */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly logger: TransportLogger,
  ) {}

  /** Does it once, now, and from then on at its pace. */
  async start(): Promise<void> {
    await this.work();
    this.schedule();
  }

  /** Does it now instead of at the next turn. */
  hurry(): void {
    if (this.stopped || this.timer === undefined || this.beating !== undefined) return;
    clearTimeout(this.timer);
    this.beat();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beating;
  }

  private schedule(): void {
    if (!this.stopped) this.timer = setTimeout(() => this.beat(), this.everyMs);
  }

  private beat(): void {
    this.beating = this.work()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'a periodic task failed; it comes again'))
      .finally(() => {
        this.beating = undefined;
        this.schedule();
      });
  }
}
