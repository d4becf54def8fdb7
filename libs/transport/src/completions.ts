import { setTimeout as delay } from 'node:timers/promises';
import type { ChainableCommander, Redis } from 'ioredis';
import { failureOf, whenReady } from './redis-connection.js';
import { TickBatch } from './tick-batch.js';
import type { TransportLogger } from './transport-logger.js';
import { joinReplies } from './wire.js';

export interface Reply {
  readonly replyTo: string;
  readonly text: string;
}

export interface Completion {
  readonly stream: string;
  readonly group: string;
  readonly entryId: string;
  /** Whether nobody else needs the entry: requests and replays, which have one group only. */
  readonly deleteEntry: boolean;
  readonly reply?: Reply;
  /** Redis knows of it now. */
  readonly onAcknowledged: () => void;
}

const PAUSE_AFTER_FAILURE_MS = 20;

/**
 * Tells Redis, and the callers, what has been done: one pipeline a tick with a PUBLISH per caller and an XACK (and
 * XDEL) per stream. What Redis did not confirm is told again after the reconnect: a message that is done but not
 * acknowledged would stay in the backlog for as long as this replica lives. All of it may be told twice.
 */
export class Completions {
  private readonly batch = new TickBatch<Completion>((items) => void this.flush(items));
  private unconfirmed = 0;
  private readonly idle = new Set<() => void>();

  constructor(
    private readonly redis: Redis,
    private readonly logger: TransportLogger,
    private readonly stop: AbortSignal,
  ) {}

  add(completion: Completion): void {
    this.unconfirmed += 1;
    this.batch.add(completion);
  }

  /** Resolves when everything added so far is confirmed. */
  async settled(): Promise<void> {
    if (this.unconfirmed > 0) await new Promise<void>((resolve) => this.idle.add(resolve));
  }

  private async flush(items: readonly Completion[]): Promise<void> {
    try {
      while (!(await this.tell(items))) {
        // A broken connection still calls itself ready for a moment.
        await delay(PAUSE_AFTER_FAILURE_MS, undefined, { signal: this.stop });
        await whenReady(this.redis, this.stop);
      }
    } catch {
      this.logger.warn(
        { count: items.length },
        'shut down before Redis confirmed what was done; it may be done again',
      );
    }
    for (const item of items) item.onAcknowledged();
    this.unconfirmed -= items.length;
    if (this.unconfirmed > 0) return;
    for (const resolve of this.idle) resolve();
    this.idle.clear();
  }

  /** @returns false when the connection was lost and it has to be told again */
  private async tell(items: readonly Completion[]): Promise<boolean> {
    const pipeline = this.redis.pipeline();
    addReplies(pipeline, items);
    addAcknowledgements(pipeline, items);
    const results = (await pipeline.exec()) ?? [];
    const failures = results.flatMap(([error]) => (error === null ? [] : [error]));
    for (const error of failures.filter((failure) => failureOf(failure) === 'refused')) {
      this.logger.error({ error: error.message }, 'Redis refused an acknowledgement');
    }
    return failures.every((error) => failureOf(error) === 'refused');
  }
}

function addReplies(pipeline: ChainableCommander, items: readonly Completion[]): void {
  const byCaller = new Map<string, string[]>();
  for (const { reply } of items) {
    if (reply === undefined) continue;
    const texts = byCaller.get(reply.replyTo);
    if (texts === undefined) byCaller.set(reply.replyTo, [reply.text]);
    else texts.push(reply.text);
  }
  for (const [replyTo, texts] of byCaller) pipeline.publish(replyTo, joinReplies(texts));
}

function addAcknowledgements(pipeline: ChainableCommander, items: readonly Completion[]): void {
  const byStream = new Map<string, { group: string; deleteEntries: boolean; ids: string[] }>();
  for (const { stream, group, deleteEntry, entryId } of items) {
    const entries = byStream.get(stream);
    if (entries === undefined) byStream.set(stream, { group, deleteEntries: deleteEntry, ids: [entryId] });
    else entries.ids.push(entryId);
  }
  for (const [stream, { group, deleteEntries, ids }] of byStream) {
    pipeline.xack(stream, group, ...ids);
    if (deleteEntries) pipeline.xdel(stream, ...ids);
  }
}
