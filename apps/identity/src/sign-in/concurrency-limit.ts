import { DomainError } from '#libs/contracts';
import { currentContext, remainingMs } from '#libs/transport';

export interface ConcurrencyLimitOptions {
  /** How much may run at once. */
  readonly concurrency: number;
  /** How much more may wait. */
  readonly queueLimit: number;
  /** In the plural, for the refusal: "sign-ins". */
  readonly what: string;
}

/** Runs only so many things at once; the others wait their turn. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: ConcurrencyLimitOptions) {}

  /**
   * @throws DomainError `OVERLOADED` when too many wait already; `TIMEOUT` when the caller has stopped waiting before
   * it was this one's turn: the work has not begun.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.begin();
    try {
      if (remainingMs(currentContext()) <= 0) {
        throw new DomainError(
          'TIMEOUT',
          `Too many ${this.options.what} at once: this one was not begun in time`,
        );
      }
      return await work();
    } finally {
      this.end();
    }
  }

  private async begin(): Promise<void> {
    const { concurrency, queueLimit, what } = this.options;
    if (this.running < concurrency) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= queueLimit) {
      throw new DomainError('OVERLOADED', `Too many ${what} at once: try again in a moment`);
    }
    // Whoever finishes hands its place on, so `running` stays as it is.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private end(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
