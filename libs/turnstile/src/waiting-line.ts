import { CircuitOpenError, DuplicateCallError, TurnstileTimeoutError } from './turnstile-errors.js';
import { type TurnstileScripts, keysOf } from './turnstile-scripts.js';

export type CallOutcome = 'ok' | 'refused' | 'overloaded' | 'failed';

export interface LineLimits {
  /** Arrivals at the resource in any window of one second, over all replicas. */
  readonly ratePerSecond: number;
  readonly maxInFlight: number;
}

export interface Ticket {
  readonly id: string;
  /** Empty when the call has none. */
  readonly key: string;
}

interface Waiting extends Ticket {
  readonly priority: number;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

export interface LineOptions {
  readonly scripts: TurnstileScripts;
  readonly name: string;
  readonly resource: string;
  readonly owner: string;
  readonly wakePrefix: string;
  readonly limits: LineLimits;
  readonly onError: (error: unknown) => void;
}

/** A slot is given back this much later than the second that the rule asks for: two clocks never run quite alike. */
const HOLD_MARGIN_MS = 4;
/** A running call's lease; extended by every look at the line, so only a process that died ever outlives it. */
const LEASE_MS = 15_000;
const MIN_PAUSE_MS = 4;
const MAX_PAUSE_MS = 1_000;
/** So many tickets are registered in one round trip. */
const BATCH = 200;

/**
 * One process's part of the line in front of one resource.
 *
 * **Why the rate can't be exceeded.** There are `ratePerSecond` slots. A call takes one when it is admitted and gives it
 * back a second *after it has been completed*. Its arrival at the resource lies between those two moments, so two
 * arrivals that used the same slot are more than a second apart, and no window of a second can see more arrivals than
 * there are slots: whatever the network, the garbage collector or a slow replica do to the time in between.
 */
export class WaitingLine {
  private readonly keys: string[];
  private readonly waiting = new Map<string, Waiting>();
  private readonly running = new Set<string>();
  private toRegister: Waiting[] = [];
  private limits: LineLimits;
  private epoch = '';
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;
  private looking = false;
  private lastFullLook = 0;

  constructor(private readonly options: LineOptions) {
    this.keys = keysOf(options.name, options.resource);
    this.limits = options.limits;
  }

  /** Resolves when the call may be made. @throws TurnstileError when it may not; nothing has happened then. */
  async join(
    ticket: Ticket & { readonly priority: number },
    limits: LineLimits,
    timeoutMs: number,
  ): Promise<void> {
    this.limits = limits;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = { ...ticket, admit: resolve, refuse: reject };
        this.waiting.set(ticket.id, waiting);
        this.toRegister.push(waiting);
        timer = setTimeout(() => {
          this.leave(waiting);
          reject(new TurnstileTimeoutError(`the line was too long for ${timeoutMs} ms`));
        }, timeoutMs);
        this.lookIn(0);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns the circuit's new state, when this outcome changed it. */
  async release(
    ticket: Ticket,
    outcome: CallOutcome,
    reason: string,
  ): Promise<{ state: string; reason: string } | null> {
    this.running.delete(ticket.id);
    const answer = (await this.options.scripts.turnstileRelease(
      ...this.keys,
      ticket.id,
      ticket.key,
      this.holdMs,
      outcome,
      reason,
    )) as string[];
    if (this.waiting.size > 0) this.lookIn(MIN_PAUSE_MS);
    const [state, why] = answer;
    return state === undefined ? null : { state, reason: why ?? '' };
  }

  prepare(): void {
    this.lookIn(0);
  }

  /** Another process has admitted a ticket of ours. */
  admitted(ticketId: string): void {
    const waiting = this.waiting.get(ticketId);
    if (!waiting) return;
    this.waiting.delete(ticketId);
    this.running.add(ticketId);
    waiting.admit();
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const waiting of this.waiting.values()) {
      this.leave(waiting);
      waiting.refuse(new TurnstileTimeoutError('this process is shutting down'));
    }
  }

  private get slots(): number {
    return Math.max(1, Math.floor(this.limits.ratePerSecond));
  }

  private get holdMs(): number {
    return Math.ceil(Math.max(1_000, 1_000 / this.limits.ratePerSecond)) + HOLD_MARGIN_MS;
  }

  private leave(waiting: Waiting): void {
    this.waiting.delete(waiting.id);
    this.options.scripts
      .turnstileCancel(...this.keys, waiting.id, waiting.key)
      .catch((error: unknown) => this.options.onError(error));
  }

  /** The next look at the line comes in so many ms, unless an earlier one is due. */
  private lookIn(pauseMs: number): void {
    const dueAt = performance.now() + pauseMs;
    if (this.looking || dueAt >= this.dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = dueAt;
    this.timer = setTimeout(() => void this.look(), pauseMs);
  }

  private async look(): Promise<void> {
    this.looking = true;
    this.dueAt = Infinity;
    let pauseMs = MAX_PAUSE_MS;
    try {
      pauseMs = await this.admitOnce();
    } catch (error) {
      this.options.onError(error);
    }
    this.looking = false;
    if (this.toRegister.length > 0) pauseMs = 0;
    // Running calls alone are looked after too: their leases must not end before they do.
    if (this.waiting.size > 0 || this.running.size > 0) this.lookIn(Math.min(pauseMs, MAX_PAUSE_MS));
  }

  private async admitOnce(): Promise<number> {
    const isFull = performance.now() - this.lastFullLook >= MAX_PAUSE_MS;
    // What was told to us and got lost on the way, or was forgotten with Redis's memory, is said again every second.
    if (isFull) {
      this.toRegister = [...this.waiting.values()];
      this.lastFullLook = performance.now();
    }
    const registering = this.toRegister.splice(0, BATCH);
    const present = registering.filter(({ id }) => this.waiting.has(id));
    const [epoch, comeAgainIn, admitted, duplicates, refused] = (await this.options.scripts.turnstileAdmit(
      ...this.keys,
      this.options.owner,
      this.slots,
      this.holdMs,
      this.limits.maxInFlight,
      LEASE_MS,
      this.options.wakePrefix,
      present.length,
      ...present.flatMap(({ id, priority, key }) => [id, priority, 0, key]),
      ...(isFull ? [this.running.size, ...this.running] : [0]),
    )) as [string, number, string[], string[], string[]];
    for (const id of admitted) this.admitted(id);
    for (const id of duplicates) this.refuse(id, new DuplicateCallError('the same is being asked already'));
    for (const id of refused) this.refuse(id, new CircuitOpenError('its circuit is open'));
    if (epoch !== this.epoch) {
      // New to this line, or Redis has lost its memory: everything is said once more.
      this.epoch = epoch;
      this.toRegister = [...this.waiting.values()];
    }
    return Math.max(MIN_PAUSE_MS, comeAgainIn);
  }

  private refuse(ticketId: string, error: Error): void {
    const waiting = this.waiting.get(ticketId);
    this.waiting.delete(ticketId);
    waiting?.refuse(error);
  }
}
