/**
 * Collects what is added during one turn of the event loop and hands it over together, so that a burst costs one
 * round trip instead of one each.
 */
export class TickBatch<Item> {
  private items: Item[] = [];

  constructor(private readonly flush: (items: Item[]) => void) {}

  add(item: Item): void {
    if (this.items.push(item) === 1) setImmediate(() => this.flush(this.take()));
  }

  private take(): Item[] {
    const items = this.items;
    this.items = [];
    return items;
  }
}
