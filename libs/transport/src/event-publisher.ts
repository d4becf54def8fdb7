import { randomUUID } from 'node:crypto';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DomainError, type EventContract, type PayloadOf } from '#libs/contracts';
import { contextHeaders, type Headers } from './call-context.js';
import { encode } from './codec.js';
import { keys, MESSAGE_FIELD } from './keys.js';
import { closeRedis, connectInTime, createRedis, failureOf, type RedisTarget } from './redis-connection.js';
import { DEFAULT_CONNECT_TIMEOUT_MS } from './rpc-client.js';
import { TickBatch } from './tick-batch.js';
import { nestLogger, type TransportLogger } from './transport-logger.js';
import type { EventMessage } from './wire.js';

export interface PublishOptions {
  /** The event's identity, the same if it is published again: what subscribers' inboxes keep. A new one by default. */
  readonly id?: string;
  /** By default those of the current context. */
  readonly headers?: Headers;
}

export interface OutgoingEvent<C extends EventContract = EventContract> extends PublishOptions {
  readonly contract: C;
  readonly payload: PayloadOf<C>;
}

interface Append {
  readonly event: EventMessage;
  readonly settle: (error: Error | null) => void;
}

/** Puts events into their streams; what is published in one tick goes in one round trip. */
export class EventPublisher implements OnModuleInit, OnApplicationShutdown {
  private readonly redis: Redis;
  private readonly batch = new TickBatch<Append>((appends) => void this.append(appends));

  constructor(
    private readonly options: { redis: RedisTarget; connectTimeoutMs?: number; logger?: TransportLogger },
  ) {
    this.redis = createRedis(options.redis, 'event-publisher', options.logger ?? nestLogger());
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

  /**
   * Resolves when the event is in its stream.
   *
   * @throws DomainError `VALIDATION_FAILED` and `UNAVAILABLE`: it certainly is not published; `TIMEOUT`: it may be
   */
  async publish<C extends EventContract>(
    contract: C,
    payload: PayloadOf<C>,
    options: PublishOptions = {},
  ): Promise<void> {
    await this.publishMany([{ contract, payload, ...options }]);
  }

  /** As `publish`; when it fails, some of the events may be published. */
  async publishMany(events: readonly OutgoingEvent[]): Promise<void> {
    const headers = contextHeaders();
    await this.relay(
      events.map((event) => ({
        name: event.contract.name,
        id: event.id ?? randomUUID(),
        headers: event.headers ?? headers,
        payload: encode(event.contract.payload, event.payload, `The event ${event.contract.name}`),
      })),
    );
  }

  /** As `publishMany`, for events that are encoded already: what an outbox has kept. */
  async relay(events: readonly EventMessage[]): Promise<void> {
    const failures = await Promise.all(
      events.map((event) => new Promise<Error | null>((settle) => this.batch.add({ event, settle }))),
    );
    const errors = failures.filter((failure) => failure !== null);
    if (errors.length === 0) return;
    if (errors.some((error) => failureOf(error) === 'unknown')) {
      throw new DomainError(
        'TIMEOUT',
        'The connection to Redis was lost while publishing: the event may be out',
      );
    }
    throw new DomainError('UNAVAILABLE', `The event was not published: ${errors[0]?.message}`);
  }

  private async append(appends: readonly Append[]): Promise<void> {
    const pipeline = this.redis.pipeline();
    for (const { event } of appends) {
      const { name, id, headers, payload } = event;
      pipeline.xadd(keys.event(name), '*', MESSAGE_FIELD, JSON.stringify({ name, id, headers, payload }));
    }
    const results = (await pipeline.exec()) ?? [];
    appends.forEach(({ settle }, index) => settle(results[index]?.[0] ?? null));
  }
}
