/** What is read as fast as this is read anew for everybody. */
const CHEAP_MS = 250;
/** Other looks are shown for so many times as long as they took: at most a tenth of the time goes into looking. */
const REST = 10;

/** One look at something that takes long to read, for all who ask while it is under way or fresh. */
export class SharedLook<T> {
  private latest: { readonly seen: Promise<T>; freshUntil: number } | undefined;

  constructor(private readonly look: () => Promise<T>) {}

  get(): Promise<T> {
    if (this.latest && performance.now() < this.latest.freshUntil) return this.latest.seen;
    const began = performance.now();
    const latest = { seen: this.look(), freshUntil: Infinity };
    this.latest = latest;
    latest.seen.then(
      () => {
        const now = performance.now();
        latest.freshUntil = now - began < CHEAP_MS ? now : now + REST * (now - began);
      },
      () => (latest.freshUntil = 0),
    );
    return latest.seen;
  }
}
