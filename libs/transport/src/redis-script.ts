import { createHash } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';

/**
 * A Lua script, sent by its hash and once more in full when Redis does not know it (after a restart, a failover or
 * SCRIPT FLUSH). Redis refuses an unknown hash before it does anything, so nothing happens twice.
 */
export class RedisScript {
  private readonly sha: string;

  constructor(private readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  async run(
    redis: Redis,
    scriptKeys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await redis.evalsha(this.sha, scriptKeys.length, ...scriptKeys, ...args);
    } catch (error) {
      if (!(error instanceof ReplyError) || !String(error).includes('NOSCRIPT')) throw error;
      return redis.eval(this.lua, scriptKeys.length, ...scriptKeys, ...args);
    }
  }
}
