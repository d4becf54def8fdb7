import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Health } from './health.js';
import type { Log } from './log.js';

const COMMAND_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * The connection for locks, caches and sessions: everything that must fail at once when Redis is gone, since there is
 * always a way on without it. So: no queue of commands that wait for a connection, and none sent twice.
 */
export function connectRedis(url: string, log: Log, health: Health): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: true,
    retryStrategy: (attempt) => Math.min(attempt * 50, MAX_RECONNECT_DELAY_MS),
  });
  redis.on('error', (error: Error) => log.warn({ reason: error.message }, 'Redis connection failed'));
  health.register('redis', async () => {
    if ((await redis.ping()) !== 'PONG') throw new Error('Redis did not answer PING');
  });
  return redis;
}

@Injectable()
export class RedisCloser implements OnApplicationShutdown {
  constructor(private readonly redis: Redis) {}

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
