/** How many messages may be handled at once. */
export class Slots {
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly capacity: number) {}

  get inUse(): number {
    return this.taken;
  }

  get free(): number {
    return Math.max(0, this.capacity - this.taken);
  }

  take(): void {
    this.taken += 1;
  }

  release(): void {
    this.taken -= 1;
    this.wake();
  }

  /** Resolves when a slot is free, or `wake` is called. */
  async whenFree(): Promise<void> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** Resolves true when nothing is being handled any more, false when that takes longer than `withinMs`. */
  async whenIdle(withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (this.taken > 0) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return true;
  }
}
