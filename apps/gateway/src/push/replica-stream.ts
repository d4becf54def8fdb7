import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis, type RedisOptions } from 'ioredis';

const STREAM = 'clearbid:{push}';
const STREAM_LENGTH = 10_000;
const STREAM_WAIT_MS = 1_000;

/**
 * What carries a message from the replica that has it to the one that holds the page. The adapter reads in a loop: on
 * a connection that refuses commands at once while Redis is away, that loop would never let go of the processor. On
 * these connections commands wait.
 */
export class ReplicaStream {
  private readonly redis: RememberingRedis;

  constructor(url: string) {
    this.redis = new RememberingRedis(url, { maxRetriesPerRequest: null });
    // The service's own connection tells when Redis is away.
    this.redis.on('error', () => undefined);
  }

  adapter(): ReturnType<typeof createAdapter> {
    return createAdapter(this.redis, {
      streamName: STREAM,
      channelPrefix: STREAM,
      maxLen: STREAM_LENGTH,
      blockTimeInMs: STREAM_WAIT_MS,
      onlyPlaintext: true,
    });
  }

  close(): void {
    for (const connection of [this.redis, ...this.redis.copies]) connection.disconnect();
  }
}

/** The adapter opens connections of its own and leaves them to a read that may never end. */
class RememberingRedis extends Redis {
  readonly copies: Redis[] = [];

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    this.copies.push(copy);
    return copy;
  }
}
