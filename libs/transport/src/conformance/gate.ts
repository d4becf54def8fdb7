/** Holds up whoever passes until it is opened. */
export class Gate {
  private readonly opened: Promise<void>;
  private openIt!: () => void;
  private reached = 0;

  constructor() {
    this.opened = new Promise((resolve) => (this.openIt = resolve));
  }

  /** How many have come so far. */
  get arrivals(): number {
    return this.reached;
  }

  async pass(): Promise<void> {
    this.reached += 1;
    await this.opened;
  }

  open(): void {
    this.openIt();
  }
}
