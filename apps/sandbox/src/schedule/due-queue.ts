interface Entry {
  readonly id: string;
  readonly dueAt: number;
}

/** The longest delay that setTimeout takes; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls back for each id when its time has come: a binary heap behind one timer, so that a hundred thousand trades that
 * wait for their expiry cost one timer and not a hundred thousand.
 */
export class DueQueue {
  private readonly heap: Entry[] = [];
  /** The time that counts for an id; entries of the heap that say another one are stale. */
  private readonly dueAtOf = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly onDue: (id: string) => void) {}

  /** Sets or moves the time of an id (milliseconds since 1970); one in the past is due at once. */
  set(id: string, dueAt: number): void {
    this.dueAtOf.set(id, dueAt);
    this.push({ id, dueAt });
    if (this.heap[0]?.dueAt === dueAt) this.arm();
  }

  delete(id: string): void {
    this.dueAtOf.delete(id);
  }

  get size(): number {
    return this.dueAtOf.size;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private arm(): void {
    clearTimeout(this.timer);
    const next = this.heap[0];
    if (next === undefined || this.stopped) return;
    this.timer = setTimeout(() => this.fire(), Math.min(Math.max(next.dueAt - Date.now(), 0), MAX_DELAY_MS));
  }

  private fire(): void {
    const now = Date.now();
    for (let next = this.heap[0]; next !== undefined && next.dueAt <= now; next = this.heap[0]) {
      this.pop();
      if (this.dueAtOf.get(next.id) !== next.dueAt) continue;
      this.dueAtOf.delete(next.id);
      this.onDue(next.id);
    }
    this.arm();
  }

  private push(entry: Entry): void {
    let at = this.heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.dueAt(parent) <= this.dueAt(at)) return;
      this.swap(parent, at);
      at = parent;
    }
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (this.dueAt(child) < this.dueAt(least)) least = child;
      }
      if (least === at) return;
      this.swap(least, at);
      at = least;
    }
  }

  /** Beyond the end of the heap nothing is ever due. */
  private dueAt(at: number): number {
    return this.heap[at]?.dueAt ?? Infinity;
  }

  private swap(one: number, other: number): void {
    const [first, second] = [this.heap[one], this.heap[other]];
    if (first === undefined || second === undefined) return;
    this.heap[one] = second;
    this.heap[other] = first;
  }
}
