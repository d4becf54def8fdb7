import type { RpcContract } from '#libs/contracts';
import type { RetryPolicy } from './event-dispatcher.js';
import type { RedisTarget } from './redis-connection.js';
import { DEFAULT_BACKLOG_LIMIT, DEFAULT_CONNECT_TIMEOUT_MS } from './rpc-client.js';
import { nestLogger, type TransportLogger } from './transport-logger.js';
import type { TransportObserver } from './transport-observer.js';

export interface RedisStreamsServerOptions extends Partial<RetryPolicy> {
  /** The service's name, which is the first part of its patterns, and its group in the streams of events. */
  readonly service: string;
  /** Tells the replicas of a service apart in logs and in Redis. */
  readonly replica: string;
  readonly redis: RedisTarget;
  /** All requests that this service has to answer. */
  readonly contracts: readonly RpcContract[];
  /** Requests handled at once, 64. */
  readonly concurrency?: number;
  /** Events handled at once, of each name, 16. */
  readonly eventConcurrency?: number;
  /** Unserved requests beyond which callers get `OVERLOADED`, 10,000. */
  readonly backlogLimit?: number;
  /** How often to tell that this replica lives, 1,000. */
  readonly heartbeatEveryMs?: number;
  /** Silence after which a replica counts as dead, 3,000. Shorter than a call's deadline, longer than any pause. */
  readonly aliveMs?: number;
  /** How often to look for messages of dead replicas, 1,000. */
  readonly sweepEveryMs?: number;
  /** How often to remove events that everybody has had, 10,000. */
  readonly trimEveryMs?: number;
  /** How long a shutdown waits for what has begun, 10,000. */
  readonly shutdownTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly logger?: TransportLogger;
  readonly observer?: TransportObserver;
}

export type ServerSettings = Required<RedisStreamsServerOptions>;

export function withDefaults(options: RedisStreamsServerOptions): ServerSettings {
  return {
    ...options,
    concurrency: options.concurrency ?? 64,
    eventConcurrency: options.eventConcurrency ?? 16,
    backlogLimit: options.backlogLimit ?? DEFAULT_BACKLOG_LIMIT,
    // With the defaults below, an event is given up about a minute after its first failure.
    maxDeliveries: options.maxDeliveries ?? 8,
    retryBaseMs: options.retryBaseMs ?? 500,
    retryMaxMs: options.retryMaxMs ?? 30_000,
    heartbeatEveryMs: options.heartbeatEveryMs ?? 1_000,
    aliveMs: options.aliveMs ?? 3_000,
    sweepEveryMs: options.sweepEveryMs ?? 1_000,
    trimEveryMs: options.trimEveryMs ?? 10_000,
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? 10_000,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    logger: options.logger ?? nestLogger(),
    observer: options.observer ?? {},
  };
}
