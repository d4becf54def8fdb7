import { randomBytes } from 'node:crypto';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { Completions } from './completions.js';
import { backlogOf, type Delivery } from './consumer-group.js';
import { DeadLetterBox } from './dead-letters.js';
import { REDIS_STREAMS, type HandlerExtras } from './decorators.js';
import { EventDispatcher } from './event-dispatcher.js';
import { trimAcknowledged } from './event-trimmer.js';
import { HandlerRegistry } from './handler-registry.js';
import { Heartbeat } from './heartbeat.js';
import { keys } from './keys.js';
import { closeRedis, connectInTime, createRedis } from './redis-connection.js';
import { RedisClock } from './redis-clock.js';
import { Roster } from './roster.js';
import { RpcDispatcher } from './rpc-dispatcher.js';
import { withDefaults, type RedisStreamsServerOptions, type ServerSettings } from './server-options.js';
import { StreamConsumer, type Outcome } from './stream-consumer.js';

/**
 * Nest transport over Redis streams: each message reaches one replica of the service, and one that a replica leaves
 * behind when it dies is taken over by another. Give it to Nest as `strategy`.
 */
export class RedisStreamsServer extends Server implements CustomTransportStrategy {
  override readonly transportId = REDIS_STREAMS;
  private readonly settings: ServerSettings;
  private readonly handlers: HandlerRegistry;
  private readonly commands: Redis;
  private readonly clock = new RedisClock();
  private readonly stop = new AbortController();
  private readonly roster: Roster;
  private readonly completions: Completions;
  private readonly pulse: Heartbeat;
  private readonly trimming: Heartbeat;
  private readonly consumers: StreamConsumer[] = [];
  private readonly connections: Redis[] = [];
  /** Another name at each start: what a former process of this replica left behind is taken over like any other's. */
  private readonly consumer: string;
  private closing: Promise<void> | undefined;

  constructor(options: RedisStreamsServerOptions) {
    super();
    this.settings = withDefaults(options);
    const { service, replica, heartbeatEveryMs, trimEveryMs, logger } = this.settings;
    this.consumer = `${replica}:${randomBytes(4).toString('hex')}`;
    this.handlers = new HandlerRegistry(service);
    this.commands = this.connection('server');
    this.roster = new Roster(this.commands, service);
    this.completions = new Completions(this.commands, logger, this.stop.signal);
    this.pulse = new Heartbeat(heartbeatEveryMs, () => this.beat(), logger);
    this.trimming = new Heartbeat(trimEveryMs, () => this.trim(), logger);
    this.commands.on('close', () => this.clock.forget());
    this.commands.on('ready', () => this.pulse.hurry());
  }

  override addHandler(
    pattern: string,
    handler: MessageHandler,
    isEventHandler?: boolean,
    extras?: Partial<HandlerExtras>,
  ): void {
    this.handlers.add(pattern, handler, extras);
    super.addHandler(pattern, handler, isEventHandler, extras);
  }

  /** Called by Nest. Refuses to start when a contract has no handler, or a pattern two. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      async (error: unknown) => {
        await this.close();
        callback(error);
      },
    );
  }

  /** Stops reading, finishes what has begun (bounded), leaves. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  on(): never {
    throw new Error('This transport tells of its events through its observer');
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the signature is Nest's
  unwrap<T>(): T {
    return this.commands as T;
  }

  private async start(): Promise<void> {
    const { contracts, connectTimeoutMs, service, concurrency, eventConcurrency, logger, observer } =
      this.settings;
    this.handlers.verify(contracts);
    await connectInTime(this.commands, connectTimeoutMs);
    await this.pulse.start();

    const rpc = new RpcDispatcher(this.handlers.rpcs, this.clock, logger, observer);
    this.consume(keys.rpc(service), concurrency, true, (delivery) => rpc.handle(delivery));

    const box = new DeadLetterBox(this.commands, service);
    const events = new EventDispatcher(this.handlers.events, box, this.settings, logger, observer);
    const handleEvent = (delivery: Delivery) => events.handle(delivery);
    if (this.handlers.events.size > 0)
      this.consume(keys.replay(service), eventConcurrency, true, handleEvent);
    for (const stream of this.eventStreams()) this.consume(stream, eventConcurrency, false, handleEvent);

    await Promise.all(this.connections.map((redis) => connectInTime(redis, connectTimeoutMs)));
    await Promise.all(this.consumers.map((consumer) => consumer.start()));
    await this.trimming.start();
  }

  private consume(
    stream: string,
    concurrency: number,
    deleteEntries: boolean,
    handle: (delivery: Delivery) => Promise<Outcome>,
  ): void {
    const { service, sweepEveryMs, aliveMs, logger, observer } = this.settings;
    const { commands, completions, roster, consumer } = this;
    const redis = this.connection(`reader:${stream}`);
    const options = {
      stream,
      group: service,
      consumer,
      concurrency,
      sweepEveryMs,
      aliveMs,
      deleteEntries,
      handle,
    };
    this.consumers.push(
      new StreamConsumer(options, { redis, commands, completions, roster, logger, observer }),
    );
  }

  private connection(role: string): Redis {
    const { redis, service, replica, logger } = this.settings;
    const connection = createRedis(redis, `${service}:${replica}:${role}`, logger);
    this.connections.push(connection);
    return connection;
  }

  private eventStreams(): readonly string[] {
    return [...this.handlers.events.keys()].map(keys.event);
  }

  private async beat(): Promise<void> {
    const { service, aliveMs, backlogLimit } = this.settings;
    await Promise.all([
      this.roster.renew(this.consumer, aliveMs),
      this.clock.measure(this.commands),
      this.commands.set(keys.backlogLimit(service), backlogLimit),
      this.tellBacklogs(),
    ]);
  }

  private async tellBacklogs(): Promise<void> {
    const { service, observer } = this.settings;
    if (observer.backlog === undefined) return;
    for (const { stream } of this.consumers) {
      observer.backlog(stream, await backlogOf(this.commands, stream, service));
    }
  }

  private async trim(): Promise<void> {
    for (const stream of this.eventStreams()) await trimAcknowledged(this.commands, stream);
  }

  private async shutDown(): Promise<void> {
    const { shutdownTimeoutMs, logger } = this.settings;
    const until = performance.now() + shutdownTimeoutMs;
    await Promise.all(this.consumers.map((consumer) => consumer.close(shutdownTimeoutMs)));
    // Redis being away must not hold up the shutdown for ever.
    const giveUp = () => this.stop.abort(new Error('the server is closed'));
    const timer = setTimeout(giveUp, Math.max(0, until - performance.now()));
    await this.completions.settled();
    clearTimeout(timer);
    giveUp();
    await Promise.all([this.pulse.stop(), this.trimming.stop()]);
    if (this.commands.status === 'ready') {
      await Promise.all([
        ...this.consumers.map((consumer) => consumer.leave()),
        this.roster.leave(this.consumer),
      ]).catch((error: unknown) =>
        logger.warn({ err: error }, 'could not leave the group; the others will see to it'),
      );
    }
    await Promise.all(this.connections.map(closeRedis));
  }
}
