/**
 * A process that is never without work would take the lock again a fraction of a millisecond after giving it back, and
 * the other replicas, which look every few milliseconds, would hardly ever find it free. So after a run of this length
 * it holds back for longer than they take to look.
 */
const MAX_RUN_MS = 50;
const PAUSE_MS = 8;

interface Line {
  readonly waiting: { readonly call: () => void }[];
  runSince: number;
}

/**
 * Within one process: one at a time for each name, in the order they came. So only one of them has to look at Redis
 * again and again, and nobody is overtaken.
 */
export class Turns {
  private readonly lines = new Map<string, Line>();

  /** @returns a function that ends the turn and must be called; undefined when it did not come within `waitMs`. */
  async take(name: string, waitMs: number): Promise<(() => void) | undefined> {
    const line = this.lines.get(name);
    if (!line) this.lines.set(name, { waiting: [], runSince: performance.now() });
    else if (!(await called(line, waitMs))) return undefined;
    return () => this.next(name);
  }

  private next(name: string): void {
    const line = this.lines.get(name);
    if (!line) return;
    if (line.waiting.length === 0) {
      this.lines.delete(name);
    } else if (performance.now() - line.runSince < MAX_RUN_MS) {
      line.waiting.shift()?.call();
    } else {
      setTimeout(() => {
        line.runSince = performance.now();
        this.next(name);
      }, PAUSE_MS);
    }
  }
}

function called(line: Line, waitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const waiter = {
      call: () => {
        clearTimeout(timer);
        resolve(true);
      },
    };
    const timer = setTimeout(() => {
      line.waiting.splice(line.waiting.indexOf(waiter), 1);
      resolve(false);
    }, waitMs);
    line.waiting.push(waiter);
  });
}
