import { DomainError } from '#libs/contracts';

/** Runs at most `concurrency` things at once; the others wait their turn, up to `queueLimit` of them. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly queueLimit: number,
    private readonly what: string,
  ) {}

  /** @throws DomainError `OVERLOADED` when too many wait already: a late answer would be no use to anybody. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrency) {
      if (this.waiting.length >= this.queueLimit) {
        throw new DomainError('OVERLOADED', `Too many ${this.what} at once: try again in a moment`);
      }
      // Whoever finishes hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
