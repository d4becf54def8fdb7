import { LOOK_EVERY_MS } from './admit-script.js';
import { FIRST_LEASE_MS } from './line-script.js';
import { OutageWatch } from './outage-watch.js';
import {
  CircuitOpenError,
  DuplicateCallError,
  TurnstileTimeoutError,
  TurnstileUnavailableError,
} from './turnstile-errors.js';
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
  readonly priority: number;
  /** Its place within its priority; empty until the line has given it one. Kept when Redis forgets. */
  arrival: string;
  /** By this process's clock (`performance.now`): until when the work may be begun, once it is admitted. */
  startBefore: number;
}

interface Waiting {
  readonly ticket: Ticket;
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

type AdmitReply = [number, string, number, (string | number)[], string[], string[], string[]];
/** What the scripts say, see there. */
interface Replies {
  turnstileAdmit: AdmitReply;
  turnstileRelease: [number, string, string, string[], string[]];
  turnstileCancel: [number, string[]];
}

/** A slot is given back this much later than the second that the rule asks for: two clocks never run quite alike. */
const HOLD_MARGIN_MS = 4;
/** What is left of the first lease then is enough for a look to confirm it. */
const START_WITHIN_MS = FIRST_LEASE_MS / 2;
const MIN_PAUSE_MS = 4;
const FULL_LOOK_EVERY_MS = 1_000;
/** So many tickets are registered in one round trip. */
const BATCH = 200;

/**
 * One process's part of the line in front of one resource.
 *
 * **Why the rate can't be exceeded.** There are `ratePerSecond` slots. A call takes one when it is admitted and gives it
 * back a second *after it has been completed*. Its arrival at the resource lies between those two moments, so two
 * arrivals that used the same slot are more than a second apart, and no window of a second can see more arrivals than
 * there are slots: whatever the network, the garbage collector or a slow replica do to the time in between.
 *
 * A slot whose owner is not heard of is free again when its lease ends, or nobody could go on after a crash. So a call must
 * not be begun on a lease that may have ended: right before the work `start` looks at the admission's age, and who is
 * older than half of the first lease goes back into the line. From there on looks extend the lease. What remains is a
 * process that stalls for seconds after it has begun a call and before the bytes are handed to the system.
 */
export class WaitingLine {
  private readonly keys: string[];
  private readonly waiting = new Map<string, Waiting>();
  private readonly running = new Map<string, Ticket>();
  private readonly outages = new OutageWatch<Waiting>((waiting) => {
    this.leave(waiting);
    waiting.refuse(new TurnstileUnavailableError('Redis, where the line is, does not answer'));
  });
  private toRegister: Ticket[] = [];
  private limits: LineLimits;
  private epoch: string | undefined;
  /** Redis's clock minus ours, never too small: an admission is thought older than it is, not younger. */
  private clockOffsetMs: number | undefined;
  /** What was told us before we knew Redis's clock. */
  private early: { ticketId: string; admittedAt: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;
  private looking = false;
  private stopped = false;
  private lastBeat = -Infinity;
  private lastFullLook = -Infinity;

  constructor(private readonly options: LineOptions) {
    this.keys = keysOf(options.name, options.resource);
    this.limits = options.limits;
  }

  /** Resolves when the call is admitted. @throws TurnstileError when it is not; nothing has happened then. */
  async join(ticket: Ticket, limits: LineLimits, timeoutMs: number): Promise<void> {
    if (this.stopped) throw new TurnstileTimeoutError('this process is shutting down');
    this.limits = limits;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = { ticket, admit: resolve, refuse: reject };
        this.waiting.set(ticket.id, waiting);
        this.outages.add(waiting);
        this.toRegister.push(ticket);
        timer = setTimeout(() => {
          this.leave(waiting);
          reject(new TurnstileTimeoutError(`the line was too long for ${Math.round(timeoutMs)} ms`));
        }, timeoutMs);
        this.lookIn(0);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the admission is young enough to begin on; if not, it is given back. Asked right before the work. */
  start(ticket: Ticket): boolean {
    if (performance.now() < ticket.startBefore) return true;
    this.running.delete(ticket.id);
    this.cancel(ticket);
    return false;
  }

  /** @returns the circuit's new state, when this outcome changed it. */
  async release(
    ticket: Ticket,
    outcome: CallOutcome,
    reason: string,
  ): Promise<{ state: string; reason: string } | null> {
    this.running.delete(ticket.id);
    const [state, why, admitted, refused] = await this.say(
      'turnstileRelease',
      [ticket.id, ticket.key, outcome, reason],
      ([now, ...rest]) => {
        for (const id of rest[2]) this.admitted(id, now);
        return rest;
      },
    );
    for (const id of refused) this.refused(id);
    if (admitted.length > 0 || this.waiting.size > 0) this.lookIn(MIN_PAUSE_MS);
    return state === '' ? null : { state, reason: why };
  }

  prepare(): void {
    this.lookIn(0);
  }

  /** Told by another process. @param admittedAt by Redis's clock */
  admitted(ticketId: string, admittedAt: number): void {
    if (this.clockOffsetMs === undefined) {
      this.early.push({ ticketId, admittedAt });
      return;
    }
    const waiting = this.waiting.get(ticketId);
    if (!waiting) return;
    this.forget(waiting);
    waiting.ticket.startBefore = admittedAt + START_WITHIN_MS - this.clockOffsetMs;
    this.running.set(ticketId, waiting.ticket);
    waiting.admit();
    // Its lease is short until a look has confirmed it.
    this.lookIn(LOOK_EVERY_MS);
  }

  refused(ticketId: string, error: Error = new CircuitOpenError('its circuit is open')): void {
    const waiting = this.waiting.get(ticketId);
    if (!waiting) return;
    this.forget(waiting);
    waiting.refuse(error);
  }

  /** Who can be told by others now may have missed something. */
  lookAtAll(): void {
    this.lastFullLook = this.lastBeat = -Infinity;
    if (this.waiting.size > 0 || this.running.size > 0) this.lookIn(0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const waiting of this.waiting.values()) {
      this.leave(waiting);
      waiting.refuse(new TurnstileTimeoutError('this process is shutting down'));
    }
  }

  private get holdMs(): number {
    return Math.ceil(Math.max(1_000, 1_000 / this.limits.ratePerSecond)) + HOLD_MARGIN_MS;
  }

  /** Runs a script; what is learned of Redis's clock is known before `read` sees the reply. */
  private async say<Name extends keyof Replies, T>(
    script: Name,
    values: (string | number)[],
    read: (reply: Replies[Name]) => T,
  ): Promise<T> {
    const sentAt = performance.now();
    const { owner, wakePrefix, scripts } = this.options;
    const slots = Math.max(1, Math.floor(this.limits.ratePerSecond));
    const admission = [owner, slots, this.holdMs, this.limits.maxInFlight, wakePrefix];
    const reply = (await scripts[script](...this.keys, ...admission, ...values)) as Replies[Name];
    this.clockOffsetMs = reply[0] + 1 - sentAt;
    this.outages.answered();
    return read(reply);
  }

  private cancel(ticket: Ticket): void {
    this.say('turnstileCancel', [ticket.id, ticket.key], ([now, admitted]) => {
      for (const id of admitted) this.admitted(id, now);
    }).catch((error: unknown) => this.options.onError(error));
  }

  private leave(waiting: Waiting): void {
    this.forget(waiting);
    this.cancel(waiting.ticket);
  }

  private forget(waiting: Waiting): void {
    this.waiting.delete(waiting.ticket.id);
    this.outages.delete(waiting);
  }

  /** The next look at the line comes in so many ms, unless an earlier one is due. */
  private lookIn(pauseMs: number): void {
    const dueAt = performance.now() + pauseMs;
    if (this.stopped || dueAt >= this.dueAt) return;
    this.dueAt = dueAt;
    // What is wished for during a look is done after it.
    if (!this.looking) this.wait();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), Math.max(0, this.dueAt - performance.now()));
  }

  private async look(): Promise<void> {
    this.looking = true;
    this.dueAt = Infinity;
    let pauseMs = LOOK_EVERY_MS;
    try {
      pauseMs = Math.max(MIN_PAUSE_MS, await this.admitOnce());
    } catch (error) {
      this.options.onError(error);
      this.lastFullLook = this.lastBeat = -Infinity;
    }
    this.looking = false;
    if (this.toRegister.length > 0) pauseMs = 0;
    // Running calls alone are looked after too: their leases must not end before they do.
    if (this.waiting.size > 0 || this.running.size > 0) this.lookIn(Math.min(pauseMs, LOOK_EVERY_MS));
    if (this.dueAt < Infinity && !this.stopped) this.wait();
  }

  private async admitOnce(): Promise<number> {
    const now = performance.now();
    // What was told to us and got lost on the way, or was forgotten with Redis's memory, is said again every second.
    if (now - this.lastFullLook >= FULL_LOOK_EVERY_MS) {
      this.toRegister = [...this.waiting.values()].map(({ ticket }) => ticket);
      this.lastFullLook = now;
    }
    const isBeat = now - this.lastBeat >= LOOK_EVERY_MS - MIN_PAUSE_MS;
    if (isBeat) this.lastBeat = now;
    const present = this.toRegister.splice(0, BATCH).filter(({ id }) => this.waiting.has(id));
    const running = isBeat ? [...this.running.values()] : [];
    return this.say(
      'turnstileAdmit',
      [
        present.length,
        ...present.flatMap(({ id, priority, arrival, key }) => [id, priority, arrival, key]),
        running.length,
        ...running.flatMap(({ id, key }) => [id, key]),
      ],
      (reply) => this.read(reply),
    );
  }

  private read([, epoch, comeAgainIn, admitted, duplicates, refused, arrivals]: AdmitReply): number {
    for (let at = 0; at < arrivals.length; at += 2) {
      const waiting = this.waiting.get(arrivals[at] ?? '');
      if (waiting) waiting.ticket.arrival = arrivals[at + 1] ?? '';
    }
    for (const { ticketId, admittedAt } of this.early.splice(0)) this.admitted(ticketId, admittedAt);
    for (let at = 0; at < admitted.length; at += 2)
      this.admitted(String(admitted[at]), Number(admitted[at + 1]));
    for (const id of duplicates) this.refused(id, new DuplicateCallError('the same is being asked already'));
    for (const id of refused) this.refused(id);
    const isForgotten = this.epoch !== undefined && epoch !== this.epoch;
    this.epoch = epoch;
    if (!isForgotten) return comeAgainIn;
    // Redis has lost its memory: who waits and what runs is said once more, before anybody is admitted again.
    this.lookAtAll();
    return MIN_PAUSE_MS;
  }
}
