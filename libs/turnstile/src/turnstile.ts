import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { withTurnstileScripts, type TurnstileScripts, keysOf } from './turnstile-scripts.js';
import { type CallOutcome, type LineLimits, type Ticket, WaitingLine } from './waiting-line.js';

export type CircuitState = 'closed' | 'open' | 'half_open';

export interface TurnstileOptions {
  readonly redis: Redis;
  /** Tells this turnstile's lines from those of others in the same Redis. */
  readonly name: string;
  /** What a failure says of the resource's health. `overloaded` slows the line down; both it and `failed` open the circuit. */
  readonly outcomeOf: (error: unknown) => CallOutcome;
  /** Told in one replica only of each change. */
  readonly onCircuitChange: (resource: string, state: CircuitState, reason: string) => void;
  /** Told of what Redis could not do; calls that wait for it for about two seconds are refused. */
  readonly onError: (error: unknown) => void;
}

/** Who goes first. Within a priority, whoever came first. */
export type Priority = 'buyer' | 'query' | 'refund' | 'bill';
const PRIORITIES: readonly Priority[] = ['buyer', 'query', 'refund', 'bill'];
const CLOSE_WITHIN_MS = 1_000;

export interface PassRequest {
  readonly resource: string;
  readonly limits: LineLimits;
  readonly priority: Priority;
  /** Two calls of one key are one too many: the second is refused while the first waits or runs, in any replica. */
  readonly key?: string | undefined;
  /** How long it may stand in line. */
  readonly timeoutMs: number;
}

export interface ResourceState {
  /** Waiting, over all replicas. */
  readonly queued: number;
  readonly inFlight: number;
  /** Of the last minute, over all replicas. */
  readonly calls: number;
  readonly errors: number;
  readonly circuit: CircuitState;
  readonly circuitReason: string | null;
}

/**
 * Admits calls to limited resources, over all replicas of a service: one line per resource, first in first out within a
 * priority, never more arrivals in any second and never more calls in flight than the resource allows (see
 * `WaitingLine` for the proof), slower when it says that it is overloaded (additive increase, multiplicative decrease:
 * Chiu and Jain, 1989), and closed to all but probes while it fails (circuit breaker: Nygard, "Release It!").
 *
 * It is a line and no job queue: the work is a closure of the process that asks. What must not be lost is a row with a
 * due time, and a sweep that asks again.
 */
export class Turnstile {
  private readonly owner = randomBytes(9).toString('base64url');
  private readonly scripts: TurnstileScripts;
  private readonly lines = new Map<string, WaitingLine>();
  private readonly wakePrefix: string;
  private subscriber: Redis | undefined;
  private readonly releasing = new Set<Promise<void>>();
  private lastTicket = 0;
  private closed = false;

  constructor(private readonly options: TurnstileOptions) {
    this.scripts = withTurnstileScripts(options.redis);
    this.wakePrefix = `clearbid:turnstile:${options.name}:wake:`;
  }

  /**
   * Waits its turn, then does the work.
   *
   * @throws TurnstileError when it was not admitted (the work was not begun), else what the work throws.
   */
  async pass<T>(request: PassRequest, work: () => Promise<T>): Promise<T> {
    const { resource, limits } = request;
    const line = this.lineOf(resource, limits);
    const until = performance.now() + request.timeoutMs;
    let ticket: Ticket = {
      id: this.nextId(resource),
      key: request.key ?? '',
      priority: PRIORITIES.indexOf(request.priority),
      arrival: '',
      startBefore: 0,
    };
    await line.join(ticket, limits, request.timeoutMs);
    while (!line.start(ticket)) {
      // A new number, so that nothing which is still said of the old one is taken for it; the old place.
      ticket = { ...ticket, id: this.nextId(resource) };
      await line.join(ticket, limits, Math.max(0, until - performance.now()));
    }
    let outcome: CallOutcome = 'ok';
    let reason = '';
    try {
      return await work();
    } catch (error) {
      outcome = this.judge(error);
      reason = error instanceof Error ? error.message.slice(0, 120) : 'an error';
      throw error;
    } finally {
      // The result waits for nobody.
      const releasing = this.release(line, resource, ticket, outcome, reason);
      this.releasing.add(releasing);
      void releasing.finally(() => this.releasing.delete(releasing));
    }
  }

  /** Makes a line known before anybody stands in it: an unknown one begins with a second's pause (see the scripts). */
  prepare(resource: string, limits: LineLimits): void {
    this.lineOf(resource, limits).prepare();
  }

  async state(resources: readonly string[]): Promise<Map<string, ResourceState>> {
    const states = await Promise.all(
      resources.map(async (resource) => {
        const [queued, inFlight, calls, errors, circuit, reason] = (await this.scripts.turnstileState(
          ...keysOf(this.options.name, resource),
        )) as [number, number, number, number, CircuitState, string];
        const circuitReason = circuit === 'closed' ? null : reason;
        return [resource, { queued, inFlight, calls, errors, circuit, circuitReason }] as const;
      }),
    );
    return new Map(states);
  }

  /** Whoever still waits is refused; what runs goes on. */
  async close(): Promise<void> {
    this.closed = true;
    for (const line of this.lines.values()) line.stop();
    this.subscriber?.disconnect();
    // What has just ended is still said; without Redis its lease ends by itself.
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)));
    await Promise.race([Promise.all(this.releasing), patience]);
    clearTimeout(timer);
  }

  private nextId(resource: string): string {
    this.lastTicket += 1;
    return `${this.owner}/${resource}/${this.lastTicket}`;
  }

  private judge(error: unknown): CallOutcome {
    try {
      return this.options.outcomeOf(error);
    } catch (failure) {
      this.options.onError(failure);
      return 'failed';
    }
  }

  private async release(
    line: WaitingLine,
    resource: string,
    ticket: Ticket,
    outcome: CallOutcome,
    reason: string,
  ): Promise<void> {
    try {
      const change = await line.release(ticket, outcome, reason);
      if (change) this.options.onCircuitChange(resource, change.state as CircuitState, change.reason);
    } catch (error) {
      // The lease ends by itself; the work's own outcome is what the caller is here for.
      this.options.onError(error);
    }
  }

  private lineOf(resource: string, limits: LineLimits): WaitingLine {
    this.listen();
    const known = this.lines.get(resource);
    if (known) return known;
    const line = new WaitingLine({
      scripts: this.scripts,
      name: this.options.name,
      resource,
      owner: this.owner,
      wakePrefix: this.wakePrefix,
      limits,
      onError: this.options.onError,
    });
    this.lines.set(resource, line);
    return line;
  }

  /** Others admit our tickets, too, and say so here. What gets lost on the way is noticed by the next full look. */
  private listen(): void {
    if (this.subscriber || this.closed) return;
    // Whatever the commands' client does when Redis is away: this one waits and subscribes again.
    this.subscriber = this.options.redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
    this.subscriber.on('error', this.options.onError);
    this.subscriber.on('message', (_channel: string, message: string) => this.hear(message));
    // Whoever connects again may have missed something.
    this.subscriber.on('ready', () => {
      for (const line of this.lines.values()) line.lookAtAll();
    });
    this.subscriber.subscribe(`${this.wakePrefix}${this.owner}`).catch(this.options.onError);
  }

  /** `admitted` or `refused`, when (ms, Redis's clock), and the ticket. */
  private hear(message: string): void {
    const [what, at, ...rest] = message.split(' ');
    const ticketId = rest.join(' ');
    const line = this.lines.get(ticketId.slice(ticketId.indexOf('/') + 1, ticketId.lastIndexOf('/')));
    if (what === 'admitted') line?.admitted(ticketId, Number(at));
    else line?.refused(ticketId);
  }
}
