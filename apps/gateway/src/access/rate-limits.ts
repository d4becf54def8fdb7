import { DomainError } from '#libs/contracts';
import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimitClass } from '../endpoint/endpoint.js';
import { GatewayConfig } from '../gateway.config.js';

/**
 * How often one address and one account may ask. Counted in Redis, for all replicas together; while Redis is away,
 * each replica counts for itself: a limit is no reason to be down.
 */
@Injectable()
export class RateLimits {
  private readonly byAddress: Readonly<Record<Exclude<RateLimitClass, 'unlimited'>, RateLimiterRedis>>;
  private readonly byAccount: RateLimiterRedis;

  constructor(
    { environment }: GatewayConfig,
    private readonly redis: Redis,
  ) {
    this.byAddress = {
      normal: this.limiter('address', environment.RATE_LIMIT_PER_ADDRESS, 1),
      'sign-in': this.limiter('sign-in', environment.RATE_LIMIT_AUTH, 60),
      channel: this.limiter('channel', environment.RATE_LIMIT_NOTIFY, 1),
    };
    this.byAccount = this.limiter('account', environment.RATE_LIMIT_PER_ACCOUNT, 1);
  }

  /** @throws DomainError RATE_LIMITED with `retryAfterSeconds` */
  async admitAddress(address: string, limits: RateLimitClass): Promise<void> {
    if (limits !== 'unlimited') await consume(this.byAddress[limits], address, 'this address');
  }

  /** @throws DomainError RATE_LIMITED with `retryAfterSeconds` */
  async admitAccount(accountId: string): Promise<void> {
    await consume(this.byAccount, accountId, 'this account');
  }

  private limiter(name: string, points: number, durationSeconds: number): RateLimiterRedis {
    const options = { keyPrefix: `clearbid:limit:${name}`, points, duration: durationSeconds };
    return new RateLimiterRedis({
      ...options,
      storeClient: this.redis,
      rejectIfRedisNotReady: true,
      // Who is over the limit is told so from memory until the window ends: refusing must cost nothing.
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: new RateLimiterMemory(options),
    });
  }
}

async function consume(limiter: RateLimiterRedis, key: string, who: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new DomainError('RATE_LIMITED', `Too many requests from ${who}: wait before the next`, {
      retryAfterSeconds: Math.ceil(refusal.msBeforeNext / 1000),
    });
  }
}
