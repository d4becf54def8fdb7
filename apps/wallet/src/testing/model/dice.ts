/** Random decisions that are the same for the same seed (mulberry32). */
export class Dice {
  private state: number;

  /** @param seed any words: hashed (FNV-1a), so that neighbouring seeds have nothing in common. */
  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    this.state = hash;
  }

  /** A whole number from 0 to below the bound. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  /** @param percent how often, of a hundred times. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from');
    return item;
  }

  /** By shares, which need not sum to anything. */
  weighed<Item extends string>(shares: Readonly<Partial<Record<Item, number>>>): Item {
    const entries = Object.entries(shares) as [Item, number][];
    let left = this.below(entries.reduce((sum, [, share]) => sum + share, 0));
    for (const [item, share] of entries) {
      left -= share;
      if (left < 0) return item;
    }
    throw new Error('There is nothing to weigh');
  }
}
