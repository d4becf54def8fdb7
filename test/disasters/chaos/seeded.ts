import { createHash } from 'node:crypto';

/** Random decisions that are the same for the same seed: nothing else in a chaos run throws a die. */
export class Seeded {
  private count = 0;

  constructor(private readonly seed: string) {}

  /** Dice of their own for a part, so that it does not matter how often another part throws. */
  of(part: string | number): Seeded {
    return new Seeded(`${this.seed}/${part}`);
  }

  /** At least 0, less than 1. */
  next(): number {
    const digest = createHash('sha256').update(`${this.seed}\n${this.count}`).digest();
    this.count += 1;
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number; both ends are possible. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to pick from');
    return item;
  }

  /** By shares, which need not sum to anything. */
  weighed<Item extends string>(shares: Readonly<Record<Item, number>>): Item {
    const entries = Object.entries(shares) as [Item, number][];
    let left = this.next() * entries.reduce((sum, [, share]) => sum + share, 0);
    for (const [item, share] of entries) {
      left -= share;
      if (left < 0) return item;
    }
    throw new Error('There is nothing to weigh');
  }
}
