import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { payment } from '#libs/contracts';
import { CacheAside } from '#libs/cache';
import { rechargeOf } from './order-row.js';
import { OrderRepository } from './order.repository.js';

const TTL_MS = 60_000;

/** Orders as they are read by id, which is what a waiting page does. */
@Injectable()
export class OrderCache {
  private readonly cache: CacheAside<payment.Recharge>;

  constructor(
    redis: Redis,
    private readonly orders: OrderRepository,
  ) {
    this.cache = new CacheAside({ redis, prefix: 'payment:recharge', schema: payment.recharge, ttlMs: TTL_MS });
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
