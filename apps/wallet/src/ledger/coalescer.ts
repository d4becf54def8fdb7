import { AsyncResource } from 'node:async_hooks';

/**
 * Gathers what is asked for while an earlier batch is still being committed into the next batch. Under load a hundred
 * callers then share one fsync; alone, a caller waits for nobody. (The idea of MySQL's own group commit, one level up.)
 */
export class Coalescer<Item, Result> {
  private readonly waiting: {
    item: Item;
    resolve: (result: Result) => void;
    reject: (error: unknown) => void;
  }[] = [];
  private running = 0;
  /** Bound to no caller's context: a batch belongs to all its callers, so its log lines must not name one of them. */
  private readonly startLane = AsyncResource.bind(() => void this.runLane());

  /**
   * @param work settles a whole batch: one result for each item, in order; an `Error` as a result rejects that item alone.
   */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
    private readonly options: { readonly maxBatch: number; readonly lanes: number },
  ) {}

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      // Whoever submits in the same turn of the event loop belongs to the same batch.
      if (this.running < this.options.lanes) setImmediate(this.startLane);
    });
  }

  private async runLane(): Promise<void> {
    if (this.running >= this.options.lanes) return;
    this.running += 1;
    try {
      while (this.waiting.length > 0) await this.runBatch(this.waiting.splice(0, this.options.maxBatch));
    } finally {
      this.running -= 1;
    }
  }

  private async runBatch(batch: typeof this.waiting): Promise<void> {
    try {
      const results = await this.work(batch.map((entry) => entry.item));
      for (const [index, entry] of batch.entries()) {
        const result = results[index];
        if (result === undefined || result instanceof Error) {
          entry.reject(result ?? new Error('The batch gave no result for this item'));
        } else {
          entry.resolve(result);
        }
      }
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }
}
