import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { archiveOf } from '../archive/archive.repository.js';
import { OrderRepository } from '../orders/order.repository.js';
import { OrderShards } from '../orders/order-shards.js';
import { StoryRepository } from './story.repository.js';

/** What support reads on a bad night. */
@Controller()
export class StoryController {
  constructor(
    private readonly orders: OrderRepository,
    private readonly shards: OrderShards,
    private readonly stories: StoryRepository,
  ) {}

  @Rpc(payment.getRechargeEvents)
  async get({
    merchantId,
    id,
    cursor,
    limit,
  }: RequestOf<typeof payment.getRechargeEvents>): Promise<ResponseOf<typeof payment.getRechargeEvents>> {
    const order = await this.orders.findById(id);
    if (!order || (merchantId !== undefined && order.merchant_id !== merchantId))
      throw new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${id}`);
    const shard = this.shards.ofId(id);
    const live = await this.stories.list(shard, id, cursor ?? '0', limit + 1);
    const found =
      live.length > 0 ? live : await this.stories.list(archiveOf(shard), id, cursor ?? '0', limit + 1);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}
