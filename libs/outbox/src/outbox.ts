import { z } from 'zod';
import type { EventContract, PayloadOf } from '#libs/contracts';
import type { Database, Transaction } from '#libs/database';
import { Sweep } from '#libs/jobs';
import { type Headers, contextHeaders } from '#libs/transport';

/** An event as it travels: already encoded, so that what is sent again years later is what was meant then. */
export interface EncodedEvent {
  /** Unique per event, and the same at every repetition. */
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly headers: Headers;
}

export interface OutgoingEvent<Payload> {
  /** What the event is about (an order, a transfer): `resend` finds it by this. */
  readonly aggregateId: string;
  readonly payload: Payload;
  /** Those of the current context by default; to be given where one transaction serves several requests. */
  readonly headers?: Headers | undefined;
  /**
   * Written, and sent to nobody: it is a record of what was done, and its receivers are told otherwise, e.g. of many at once.
   * `resend` sends it all the same.
   */
  readonly isRecordOnly?: boolean;
}

/** Where committed events go. Resolves when all of them are in the stream. */
export interface EventRelay {
  relay(events: readonly EncodedEvent[]): Promise<void>;
}

export interface OutboxOptions {
  /** Tells this outbox's events from all others': a row's number alone is unique in its own table only. */
  readonly source: string;
  readonly database: Database;
  readonly relay: EventRelay;
  /** Told of every failure; the sweep tries again, so there is nothing to do but to log it. */
  readonly onError: (error: unknown, doing: string) => void;
  /** How long a row may stay unsent before the sweep sends it; longer than any healthy relay takes. */
  readonly sweepAfterMs?: number;
  readonly sweepEveryMs?: number;
}

interface OutboxRow {
  readonly id: string;
  readonly event_name: string;
  readonly payload: unknown;
  readonly headers: unknown;
}

const SWEEP_BATCH = 500;
const MARK_DELAY_MS = 50;

/**
 * The transactional outbox of one database (Richardson, "Microservices Patterns", §3.3.7): an event is written in the
 * transaction of the change that it tells of and relayed right after the commit. A process that dies in between
 * leaves the row unsent, and any replica's sweep sends it. So an event is sent at least once, and never for a change
 * that was rolled back.
 */
export class Outbox {
  private readonly toRelay: EncodedEvent[] = [];
  private readonly toMark: string[] = [];
  private relaying: Promise<void> | undefined;
  private markTimer: NodeJS.Timeout | undefined;
  private readonly sweeper: Sweep;

  constructor(private readonly options: OutboxOptions) {
    this.sweeper = new Sweep({
      name: 'sweep the outbox',
      everyMs: options.sweepEveryMs ?? 1_000,
      batch: SWEEP_BATCH,
      work: () => this.sweep(),
      onError: options.onError,
    });
  }

  /** Begins to sweep for rows that were committed and never sent. */
  start(): void {
    this.sweeper.start();
  }

  /** Finishes what is being relayed. What is not finished is left to the next sweep. */
  async close(): Promise<void> {
    await this.sweeper.stop();
    await this.relaying;
    clearTimeout(this.markTimer);
    await this.mark();
  }

  /** Writes events in an open transaction; they are relayed after the commit. */
  async appendAll<C extends EventContract>(
    transaction: Transaction,
    contract: C,
    events: readonly OutgoingEvent<PayloadOf<C>>[],
  ): Promise<void> {
    if (events.length === 0) return;
    const fromContext = contextHeaders();
    const encoded: unknown[] = events.map(({ payload }) => z.encode(contract.payload, payload));
    const { insertId } = await transaction.write(
      `INSERT INTO \`outbox\` (\`event_name\`, \`aggregate_id\`, \`payload\`, \`headers\`, \`sent_at\`) VALUES ${events.map(({ isRecordOnly }) => `(?, ?, ?, ?, ${isRecordOnly ? 'UTC_TIMESTAMP(3)' : 'NULL'})`).join(', ')}`,
      events.flatMap(({ aggregateId, headers }, index) => [
        contract.name,
        aggregateId,
        JSON.stringify(encoded[index]),
        JSON.stringify(headers ?? fromContext),
      ]),
    );
    // InnoDB numbers the rows of one INSERT … VALUES without gaps, from the id that it reports.
    const relayed = events.flatMap(({ headers, isRecordOnly }, index) =>
      isRecordOnly
        ? []
        : {
            id: this.eventId(String(insertId + index)),
            name: contract.name,
            payload: encoded[index],
            headers: headers ?? fromContext,
          },
    );
    if (relayed.length > 0) transaction.afterCommit(() => this.enqueue(relayed));
  }

  /** Writes one event in an open transaction; see `appendAll`. */
  append<C extends EventContract>(
    transaction: Transaction,
    contract: C,
    aggregateId: string,
    payload: PayloadOf<C>,
  ): Promise<void> {
    return this.appendAll(transaction, contract, [{ aggregateId, payload }]);
  }

  /**
   * Sends what was said about an aggregate once more, for whoever missed it. Resolves when it is in the stream.
   *
   * @returns how many events there were.
   */
  async resend(contract: EventContract, aggregateId: string): Promise<number> {
    const rows = await this.options.database.query<OutboxRow>(
      'SELECT `id`, `event_name`, `payload`, `headers` FROM `outbox` WHERE `aggregate_id` = ? AND `event_name` = ? ORDER BY `id`',
      [aggregateId, contract.name],
    );
    if (rows.length > 0) await this.options.relay.relay(rows.map((row) => this.eventOf(row)));
    return rows.length;
  }

  /** Sends committed events that nobody has sent. Two replicas may send the same one: receivers expect that. */
  async sweep(): Promise<number> {
    const afterMs = this.options.sweepAfterMs ?? 2_000;
    const rows = await this.options.database.query<OutboxRow>(
      `SELECT \`id\`, \`event_name\`, \`payload\`, \`headers\` FROM \`outbox\`
        WHERE \`sent_at\` IS NULL AND \`created_at\` < UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND
        ORDER BY \`id\` LIMIT ${SWEEP_BATCH}`,
      [afterMs * 1_000],
    );
    if (rows.length === 0) return 0;
    await this.options.relay.relay(rows.map((row) => this.eventOf(row)));
    this.toMark.push(...rows.map((row) => row.id));
    await this.mark();
    return rows.length;
  }

  private enqueue(events: readonly EncodedEvent[]): void {
    this.toRelay.push(...events);
    this.relaying ??= this.relayAll().finally(() => {
      this.relaying = undefined;
    });
  }

  /** Everything committed while the last batch was on its way leaves in the next: one round trip for many events. */
  private async relayAll(): Promise<void> {
    while (this.toRelay.length > 0) {
      const batch = this.toRelay.splice(0);
      try {
        await this.options.relay.relay(batch);
        this.toMark.push(...batch.map((event) => rowOf(event.id)));
        this.markTimer ??= setTimeout(() => void this.mark(), MARK_DELAY_MS);
      } catch (error) {
        this.options.onError(error, `relay ${batch.length} events`);
      }
    }
  }

  private async mark(): Promise<void> {
    this.markTimer = undefined;
    const ids = this.toMark.splice(0);
    if (ids.length === 0) return;
    try {
      await this.options.database.write(
        'UPDATE `outbox` SET `sent_at` = UTC_TIMESTAMP(3) WHERE `id` IN (?)',
        [ids],
      );
    } catch (error) {
      this.options.onError(error, `mark ${ids.length} events as sent`);
    }
  }

  private eventOf(row: OutboxRow): EncodedEvent {
    return {
      id: this.eventId(row.id),
      name: row.event_name,
      payload: parsed(row.payload),
      headers: parsed(row.headers) as Headers,
    };
  }

  private eventId(row: string): string {
    return `${this.options.source}:${row}`;
  }
}

function rowOf(eventId: string): string {
  return eventId.slice(eventId.lastIndexOf(':') + 1);
}

/** MySQL gives a JSON column parsed, MariaDB (where it is text) gives it as it was written. */
function parsed(json: unknown): unknown {
  return typeof json === 'string' ? JSON.parse(json) : json;
}
