import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Completions, Reply } from './completions.js';
import { ConsumerGroup, isGroupGone, type Delivery } from './consumer-group.js';
import type { Roster } from './roster.js';
import { failureOf, whenReady } from './redis-connection.js';
import { Slots } from './slots.js';
import type { TransportLogger } from './transport-logger.js';
import type { TransportObserver } from './transport-observer.js';

/** What became of a message: done with, or left pending to be tried again. */
export type Outcome =
  { readonly type: 'done'; readonly reply?: Reply } | { readonly type: 'retry'; readonly afterMs: number };

export interface StreamConsumerOptions {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  readonly concurrency: number;
  /** How often to look for messages of dead replicas. */
  readonly sweepEveryMs: number;
  /** How long a message of a dead replica must have been idle before it is taken over. */
  readonly aliveMs: number;
  readonly deleteEntries: boolean;
  /** Never rejects. */
  readonly handle: (delivery: Delivery) => Promise<Outcome>;
}

export interface StreamConsumerParts {
  /** Used by this consumer alone: its reads block. */
  readonly redis: Redis;
  /** For what must not wait behind a blocked read. */
  readonly commands: Redis;
  readonly completions: Completions;
  readonly roster: Roster;
  readonly logger: TransportLogger;
  readonly observer: TransportObserver;
}

/** So many failed messages may wait for their next attempt before nothing new is read. */
const MAX_WAITING = 1_000;
/** Redis answers a blocked connection's ping only when the read ends. */
const MAX_BLOCK_MS = 5_000;
const PAUSE_AFTER_ERROR_MS = 50;
const UNBLOCK_EVERY_MS = 20;

/**
 * Reads one stream as one consumer of a group. Everything that gives this consumer messages (new ones, its own whose
 * delivery was lost with a connection, those of dead replicas, those due for another attempt) happens one after the
 * other on one connection, so a message can't be started twice here.
 */
export class StreamConsumer {
  private readonly group: ConsumerGroup;
  private readonly slots: Slots;
  /** Every message that this process has: being handled, waiting for another attempt, or done and not acknowledged. */
  private readonly held = new Set<string>();
  /**
   * So many are read at once, however many slots are free: what is left of a burst is there for the other replicas,
   * and while this one works on one portion, the callers already work with the answers of the one before. (Read whole,
   * a burst moves to and fro between caller and service, and one of the two always waits.)
   */
  private readonly portion: number;
  /** Messages waiting for another attempt, and when that is due. */
  private readonly waiting = new Map<string, number>();
  private readonly stop = new AbortController();
  private nextSweepAt = 0;
  private groupExists = false;
  private connectionId: number | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: StreamConsumerOptions,
    private readonly parts: StreamConsumerParts,
  ) {
    this.group = new ConsumerGroup(parts.redis, options.stream, options.group, options.consumer);
    this.slots = new Slots(options.concurrency);
    this.portion = Math.ceil(options.concurrency / 2);
    parts.redis.on('close', () => this.onConnectionLost());
  }

  get stream(): string {
    return this.options.stream;
  }

  /** Makes the group and begins to read. */
  async start(): Promise<void> {
    await this.join();
    this.running = this.run();
  }

  /** Stops reading, then waits for what has begun. What is not finished in time is left to the other replicas. */
  async close(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    this.stop.abort(new Error('the consumer is closing'));
    this.slots.wake();
    await this.endBlockedRead(until);
    const idle = await this.slots.whenIdle(until - performance.now());
    if (!idle) {
      this.parts.logger.warn(
        { stream: this.options.stream, unfinished: this.slots.inUse },
        'shutting down with messages unfinished; another replica takes them over',
      );
    }
  }

  /** Takes this consumer out of the group, unless messages are pending for it that others must take over. */
  async leave(): Promise<void> {
    const { stream, group, consumer } = this.options;
    await new ConsumerGroup(this.parts.commands, stream, group, consumer).removeIfNothingPending(consumer);
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await whenReady(this.parts.redis, this.stop.signal);
        if (!this.groupExists) await this.join();
        await this.turn();
      } catch (error) {
        await this.onError(error);
      }
    }
  }

  private async turn(): Promise<void> {
    await this.slots.whenFree();
    if (performance.now() >= this.nextSweepAt) await this.sweep();
    await this.redeliverDue();
    if (this.slots.free === 0 || this.stop.signal.aborted) return;
    if (this.waiting.size >= MAX_WAITING) {
      await delay(this.untilNextDueMs(), undefined, { signal: this.stop.signal });
      return;
    }
    // Redis takes 0 for "forever".
    const blockMs = Math.min(Math.max(1, Math.ceil(this.untilNextDueMs())), MAX_BLOCK_MS);
    this.dispatch(await this.group.read(Math.min(this.slots.free, this.portion), blockMs));
  }

  private async join(): Promise<void> {
    this.connectionId = await this.parts.redis.client('ID');
    await this.group.create();
    this.groupExists = true;
    this.nextSweepAt = 0;
  }

  /** Takes over what nobody is working on. */
  private async sweep(): Promise<void> {
    await this.claimOwnLost();
    await this.claimFromDead();
    this.nextSweepAt = performance.now() + this.options.sweepEveryMs;
  }

  /** Messages that Redis gave to this consumer on a connection that was lost before they arrived. */
  private async claimOwnLost(): Promise<void> {
    const pending = await this.group.pendingIds(this.options.consumer, this.held.size + this.slots.free, 0);
    const lost = new Map([...pending].filter(([id]) => !this.held.has(id)).slice(0, this.slots.free));
    this.dispatch(await this.group.claim(lost, 0));
  }

  private async claimFromDead(): Promise<void> {
    const { aliveMs, stream } = this.options;
    const others = await this.group.others();
    const living = await this.parts.roster.living(others.map(({ name }) => name));
    for (const other of others) {
      if (living.has(other.name)) continue;
      // The heartbeat of a living replica can be missing for a moment (after FLUSHALL); its silence can't be this long.
      if (other.pending > 0 && this.slots.free > 0) {
        const pending = await this.group.pendingIds(other.name, this.slots.free, aliveMs);
        const claimed = await this.group.claim(pending, aliveMs);
        if (claimed.length === 0) continue;
        this.parts.logger.warn(
          { stream, from: other.name, count: claimed.length },
          'took over messages of a dead replica',
        );
        this.parts.observer.onClaimed?.(stream, claimed.length);
        this.dispatch(claimed);
      } else if (other.pending === 0 && other.idleMs >= aliveMs) {
        await this.group.removeIfNothingPending(other.name);
      }
    }
  }

  private async redeliverDue(): Promise<void> {
    if (this.waiting.size === 0) return;
    const now = performance.now();
    const due = [...this.waiting].filter(([, at]) => at <= now).map(([id]) => id);
    const ids = due.slice(0, this.slots.free);
    if (ids.length === 0) return;
    const deliveries = await this.group.redeliver(ids);
    // What did not come back is no longer ours: taken over, or gone with the stream.
    for (const id of ids) this.forget(id);
    this.dispatch(deliveries);
  }

  private dispatch(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (!this.held.has(delivery.entryId)) void this.handle(delivery);
    }
  }

  private async handle(delivery: Delivery): Promise<void> {
    const { stream, group, deleteEntries } = this.options;
    const { entryId } = delivery;
    this.held.add(entryId);
    this.slots.take();
    this.parts.observer.inFlight?.(stream, this.slots.inUse);
    const outcome = await this.options.handle(delivery);
    if (outcome.type === 'done') {
      const onAcknowledged = () => this.forget(entryId);
      this.parts.completions.add({
        stream,
        group,
        entryId,
        deleteEntry: deleteEntries,
        reply: outcome.reply,
        onAcknowledged,
      });
    } else {
      this.waiting.set(entryId, performance.now() + outcome.afterMs);
    }
    this.slots.release();
    this.parts.observer.inFlight?.(stream, this.slots.inUse);
  }

  private forget(entryId: string): void {
    this.held.delete(entryId);
    this.waiting.delete(entryId);
  }

  private untilNextDueMs(): number {
    let due = this.nextSweepAt;
    for (const at of this.waiting.values()) due = Math.min(due, at);
    return Math.max(0, due - performance.now());
  }

  private onConnectionLost(): void {
    this.connectionId = undefined;
    this.groupExists = false;
  }

  private async onError(error: unknown): Promise<void> {
    if (this.stop.signal.aborted) return;
    if (isGroupGone(error)) {
      this.groupExists = false;
      this.parts.logger.warn({ stream: this.options.stream }, 'the consumer group is gone; making it anew');
      return;
    }
    // Of a lost connection the connection itself tells.
    if (failureOf(error) === 'refused') {
      this.parts.logger.error(
        { stream: this.options.stream, err: error },
        'reading the stream failed; trying again',
      );
    }
    await delay(PAUSE_AFTER_ERROR_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }

  /** Lets the read that is waiting in Redis come back; what it has been given is handled. */
  private async endBlockedRead(until: number): Promise<void> {
    const ended = this.running.then(() => true);
    while (performance.now() < until) {
      if (this.connectionId !== undefined && this.parts.commands.status === 'ready') {
        await this.parts.commands.client('UNBLOCK', this.connectionId).catch(() => undefined);
      }
      if (await Promise.race([ended, delay(UNBLOCK_EVERY_MS, false)])) return;
    }
  }
}
