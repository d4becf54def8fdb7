/**
 * Keys that were changed while Redis could not be reached: what it has of them is old. Each is remembered for as long
 * as an old value can live there, so this can't grow without end.
 */
export class UnreachedKeys {
  private readonly keys = new Map<string, { readonly until: number }>();

  /** @param ttlMs the longest that an old value can live in Redis. */
  constructor(private readonly ttlMs: number) {}

  add(key: string): void {
    // Moved to the end: the map stays sorted by time.
    this.keys.delete(key);
    this.keys.set(key, { until: performance.now() + this.ttlMs });
    this.forgetExpired();
  }

  has(key: string): boolean {
    const added = this.keys.get(key);
    return added !== undefined && performance.now() < added.until;
  }

  /** Each is forgotten once `reach` succeeds, unless it was added anew meanwhile. @throws what `reach` throws. */
  async forEach(reach: (key: string) => Promise<void>): Promise<void> {
    this.forgetExpired();
    for (const [key, added] of this.keys) {
      await reach(key);
      if (this.keys.get(key) === added) this.keys.delete(key);
    }
  }

  private forgetExpired(): void {
    for (const [key, { until }] of this.keys) {
      if (performance.now() < until) return;
      this.keys.delete(key);
    }
  }
}
