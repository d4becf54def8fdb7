import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DomainError } from '#libs/contracts';
import type { Headers } from './call-context.js';
import { keys, MESSAGE_FIELD } from './keys.js';
import { closeRedis, connectInTime, createRedis, type RedisTarget } from './redis-connection.js';
import { RedisScript } from './redis-script.js';
import { DEFAULT_CONNECT_TIMEOUT_MS } from './rpc-client.js';
import { nestLogger, type TransportLogger } from './transport-logger.js';
import { parseEventMessage, type EventMessage } from './wire.js';

/** An event that one service could not handle. */
export interface DeadLetter {
  /** Names the letter within its service. */
  readonly id: string;
  readonly event: { readonly name: string; readonly id: string };
  /** As it travels: encoded by the event's contract. */
  readonly payload: unknown;
  readonly headers: Headers;
  /** What the handler threw at last. */
  readonly error: string;
  readonly deliveries: number;
  readonly diedAt: Date;
}

export interface DeadLetterQuery {
  readonly service: string;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
  /** 1 to 100, 20 by default. */
  readonly limit?: number;
}

interface CauseOfDeath {
  readonly error: string;
  readonly deliveries: number;
}

const MOVE_TO_REPLAY = new RedisScript(`
  local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
  if not entry then return 0 end
  redis.call('XADD', KEYS[2], '*', unpack(entry[2]))
  redis.call('XDEL', KEYS[1], ARGV[1])
  return 1
`);

const ENTRY_ID = /^\d+-\d+$/;

/** Where a service puts what it could not handle. */
export class DeadLetterBox {
  constructor(
    private readonly redis: Redis,
    private readonly service: string,
  ) {}

  async add(message: EventMessage, cause: CauseOfDeath): Promise<void> {
    await this.redis.xadd(
      keys.dead(this.service),
      '*',
      MESSAGE_FIELD,
      JSON.stringify({ ...message, ...cause }),
    );
  }
}

/** For operators: look at what could not be handled, have it tried again, or give it up. */
export class DeadLetters implements OnModuleInit, OnApplicationShutdown {
  private readonly redis: Redis;

  constructor(
    private readonly options: { redis: RedisTarget; connectTimeoutMs?: number; logger?: TransportLogger },
  ) {
    this.redis = createRedis(options.redis, 'dead-letters', options.logger ?? nestLogger());
  }

  async connect(): Promise<void> {
    await connectInTime(this.redis, this.options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    await closeRedis(this.redis);
  }

  onModuleInit(): Promise<void> {
    return this.connect();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Newest first. */
  async list(query: DeadLetterQuery): Promise<{ items: readonly DeadLetter[]; nextCursor: string | null }> {
    const { service, cursor, limit = 20 } = query;
    const from = cursor === undefined ? '+' : `(${entryIdOf(service, cursor)}`;
    const entries = await this.redis.xrevrange(keys.dead(service), from, '-', 'COUNT', limit + 1);
    const page = entries.slice(0, limit);
    return {
      items: page.flatMap(([id, fields]) => toDeadLetter(id, fields)),
      nextCursor: entries.length > limit ? (page.at(-1)?.[0] ?? null) : null,
    };
  }

  /**
   * Delivers the event once more, to this service only, with its former id and a fresh count of deliveries.
   *
   * @throws DomainError `NOT_FOUND`
   */
  async replay(service: string, id: string): Promise<void> {
    const scriptKeys = [keys.dead(service), keys.replay(service)];
    const moved = await MOVE_TO_REPLAY.run(this.redis, scriptKeys, [entryIdOf(service, id)]);
    if (moved === 0) throw noSuchLetter(service, id);
  }

  /** @throws DomainError `NOT_FOUND` */
  async discard(service: string, id: string): Promise<void> {
    const removed = await this.redis.xdel(keys.dead(service), entryIdOf(service, id));
    if (removed === 0) throw noSuchLetter(service, id);
  }
}

function toDeadLetter(id: string, fields: readonly string[]): DeadLetter[] {
  const text = fields[fields.indexOf(MESSAGE_FIELD) + 1] ?? '';
  const message = parseEventMessage(text);
  if (message === undefined) return [];
  const { error, deliveries } = JSON.parse(text) as CauseOfDeath;
  const { name, headers, payload } = message;
  const diedAt = new Date(Number(id.slice(0, id.indexOf('-'))));
  return [{ id, event: { name, id: message.id }, payload, headers, error, deliveries, diedAt }];
}

function entryIdOf(service: string, id: string): string {
  if (!ENTRY_ID.test(id)) throw noSuchLetter(service, id);
  return id;
}

function noSuchLetter(service: string, id: string): DomainError {
  return new DomainError('NOT_FOUND', `${service} has no dead letter ${id}`);
}
