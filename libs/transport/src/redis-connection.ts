import { Redis, ReplyError, type RedisOptions } from 'ioredis';
import { DomainError } from '#libs/contracts';
import type { TransportLogger } from './transport-logger.js';

/** A URL, or the options of ioredis. */
export type RedisTarget = string | RedisOptions;

const MAX_RECONNECT_DELAY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** How a connection is found to be dead although nobody closed it (a pulled cable, a firewall that forgot it). */
export interface ConnectionWatch {
  readonly pingEveryMs: number;
  /** Longer than any read blocks: the answer waits behind it. */
  readonly pongWithinMs: number;
}

const DEFAULT_WATCH: ConnectionWatch = { pingEveryMs: 5_000, pongWithinMs: 10_000 };

/**
 * A connection on which each command is sent at most once and always settles. Left to its defaults, ioredis keeps
 * commands while Redis is away and sends them again after a reconnect: a payment request could then be sent long
 * after its caller gave up, or twice. Here a command is refused at once while there is no connection, and fails (with
 * its outcome unknown) when the connection is lost under it.
 */
export function createRedis(
  target: RedisTarget,
  role: string,
  logger: TransportLogger,
  watch: ConnectionWatch = DEFAULT_WATCH,
): Redis {
  const options: RedisOptions = {
    connectionName: `clearbid:${role}`,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // Zero makes ioredis reject the commands in flight as soon as the connection closes; otherwise, when they are not
    // sent again, nothing ever settles them.
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: 10_000,
    retryStrategy: (attempt) =>
      Math.min(20 * 2 ** Math.min(attempt, 8), MAX_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2),
    // After a failover the old primary refuses writes: the new one is found by connecting again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  const redis =
    typeof target === 'string' ? new Redis(target, options) : new Redis({ ...target, ...options });
  let told = false;
  redis.on('error', (error: Error) => {
    if (!told)
      logger.warn({ role, error: error.message }, 'Redis is not reachable; connecting again until it is');
    told = true;
  });
  redis.on('ready', () => {
    if (told) logger.info({ role }, 'Redis is reachable again');
    told = false;
  });
  keepWatch(redis, watch);
  return redis;
}

/** Connects again when a ping is not answered. The timeouts of ioredis itself outlive the socket they were set for. */
function keepWatch(redis: Redis, { pingEveryMs, pongWithinMs }: ConnectionWatch): void {
  let pingTimer: NodeJS.Timeout | undefined;
  let pongTimer: NodeJS.Timeout | undefined;
  const rest = () => {
    clearTimeout(pingTimer);
    clearTimeout(pongTimer);
  };
  const ping = () => {
    pongTimer = setTimeout(() => redis.disconnect(true), pongWithinMs);
    redis.ping().then(next, rest);
  };
  const next = () => {
    rest();
    pingTimer = setTimeout(ping, pingEveryMs).unref();
  };
  redis.on('ready', next);
  redis.on('close', rest);
}

/**
 * Resolves when the connection can be used.
 *
 * @throws the signal's reason when it is aborted first; Error when the connection was closed by us
 */
export async function whenReady(redis: Redis, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (redis.status === 'ready') return;
  if (redis.status === 'end') throw new Error('the connection is closed');
  if (redis.status === 'wait') redis.connect().catch(ignoreItReconnects);
  await new Promise<void>((resolve, reject) => {
    const settle = (end: () => void) => () => {
      redis.off('ready', onReady);
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onReady = settle(resolve);
    const onAbort = settle(() => reject(signal.reason as Error));
    redis.once('ready', onReady);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Opens a connection at boot.
 *
 * @throws DomainError `UNAVAILABLE` when Redis can't be reached in time
 */
export async function connectInTime(redis: Redis, withinMs: number): Promise<void> {
  try {
    await whenReady(redis, AbortSignal.timeout(withinMs));
  } catch {
    const { host, port, path } = redis.options;
    redis.disconnect();
    const address = path ?? `${host}:${port}`;
    throw new DomainError(
      'UNAVAILABLE',
      `Redis at ${address} can't be reached: check that it runs and the address is right`,
    );
  }
}

/**
 * What is known of a command that failed: `not-sent`, `refused` by Redis (so it had no effect), or `unknown`: it was
 * on its way when the connection was lost.
 */
export function failureOf(error: unknown): 'not-sent' | 'refused' | 'unknown' {
  if (error instanceof ReplyError) return 'refused';
  if (error instanceof Error && error.message.startsWith("Stream isn't writeable")) return 'not-sent';
  return 'unknown';
}

/** Ends a connection politely, or, when Redis does not answer, at once. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  if (redis.status === 'reconnecting') {
    // Between two attempts there is no socket whose end could be waited for.
    redis.disconnect();
    return;
  }
  const ended = new Promise<void>((resolve) => redis.once('end', resolve));
  if (redis.status === 'ready') redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
  await ended;
}

function ignoreItReconnects(): void {
  // ioredis goes on trying by its retryStrategy; the `error` listener has told of it.
}
