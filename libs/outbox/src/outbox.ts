import { z } from 'zod';
import type { EventContract, PayloadOf } from '#libs/contracts';
import type { Database, Transaction } from '#libs/database';

/** An event as it travels: already encoded, so that what is sent again years later is what was meant then. */
export interface EncodedEvent {
  /** Unique per event, and the same at every repetition. */
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where committed events go. Resolves when all of them are in the stream. */
export interface EventRelay {
  relay(events: readonly EncodedEvent[]): Promise<void>;
}

export interface OutboxOptions {
  readonly database: Database;
  readonly relay: EventRelay;
  /** Headers for events written now: request id and trace of whoever caused them. */
  readonly headers?: () => Readonly<Record<string, string>>;
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
  private sweepTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: OutboxOptions) {}

  /** Begins to sweep for rows that were committed and never sent. */
  start(): void {
    const everyMs = this.options.sweepEveryMs ?? 1_000;
    const tick = async () => {
      await this.sweep().catch((error: unknown) => this.options.onError(error, 'sweep the outbox'));
      if (!this.closed) this.sweepTimer = setTimeout(() => void tick(), everyMs);
    };
    this.sweepTimer = setTimeout(() => void tick(), everyMs);
  }

  /** Finishes what is being relayed. What is not finished is left to the next sweep. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.sweepTimer);
    await this.relaying;
    clearTimeout(this.markTimer);
    await this.mark();
  }

  /**
   * Writes an event in an open transaction; it is relayed after the commit.
   *
   * @param aggregateId what the event is about (an order, a transfer): `resend` finds it by this.
   */
  async append<C extends EventContract>(
    transaction: Transaction,
    contract: C,
    aggregateId: string,
    payload: PayloadOf<C>,
  ): Promise<void> {
    const encoded = z.encode(contract.payload, payload);
    const headers = this.options.headers?.() ?? {};
    const { insertId } = await transaction.write(
      'INSERT INTO `outbox` (`event_name`, `aggregate_id`, `payload`, `headers`) VALUES (?, ?, ?, ?)',
      [contract.name, aggregateId, JSON.stringify(encoded), JSON.stringify(headers)],
    );
    const id = this.eventId(String(insertId));
    transaction.afterCommit(() => this.enqueue({ id, name: contract.name, payload: encoded, headers }));
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

  private enqueue(event: EncodedEvent): void {
    this.toRelay.push(event);
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
        this.toMark.push(...batch.map((event) => rowId(event.id)));
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
      await this.options.database.write('UPDATE `outbox` SET `sent_at` = UTC_TIMESTAMP(3) WHERE `id` IN (?)', [ids]);
    } catch (error) {
      this.options.onError(error, `mark ${ids.length} events as sent`);
    }
  }

  private eventOf(row: OutboxRow): EncodedEvent {
    return {
      id: this.eventId(row.id),
      name: row.event_name,
      payload: parsed(row.payload),
      headers: parsed(row.headers) as Record<string, string>,
    };
  }

  /** Unique over the platform: the row's number alone is unique in its own schema only. */
  private eventId(rowId: string): string {
    return `${this.options.database.schema}:${rowId}`;
  }
}

function rowId(eventId: string): string {
  return eventId.slice(eventId.lastIndexOf(':') + 1);
}

/** MySQL gives a JSON column parsed, MariaDB (where it is text) gives it as it was written. */
function parsed(json: unknown): unknown {
  return typeof json === 'string' ? JSON.parse(json) : json;
}
