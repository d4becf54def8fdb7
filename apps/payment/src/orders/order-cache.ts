import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Redis } from 'ioredis';
import { payment } from '#libs/contracts';
import { CacheAside } from '#libs/cache';
import { Log } from '#libs/service';
import { rechargeOf } from './order-row.js';
import { OrderRepository } from './order.repository.js';

const TTL_MS = 60_000;

/** Orders as they are read by id, which is what a waiting page does. */
@Injectable()
export class OrderCache implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly cache: CacheAside<typeof payment.recharge>;

  constructor(
    redis: Redis,
    private readonly orders: OrderRepository,
    log: Log,
  ) {
    this.cache = new CacheAside({
      redis,
      prefix: 'recharge',
      schema: payment.recharge,
      ttlMs: TTL_MS,
      onError: (error, doing) => log.debug({ err: error }, `could not ${doing}`),
    });
  }

  onApplicationBootstrap(): void {
    this.cache.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.cache.stop();
  }

  async get(orderId: string): Promise<payment.Recharge | null> {
    return this.cache.get(orderId, async () => {
      const row = await this.orders.findById(orderId);
      return row ? rechargeOf(row) : null;
    });
  }

  invalidate(orderId: string): Promise<void> {
    return this.cache.invalidate(orderId);
  }
}
