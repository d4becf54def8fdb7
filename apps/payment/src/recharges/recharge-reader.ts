import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, type payment } from '#libs/contracts';
import { Log } from '#libs/service';
import { OrderCache } from '../orders/order-cache.js';
import { rechargeOf } from '../orders/order-row.js';
import { OrderRepository } from '../orders/order.repository.js';

/** What a merchant sees of their orders. */
@Injectable()
export class RechargeReader {
  constructor(
    private readonly cache: OrderCache,
    private readonly orders: OrderRepository,
    private readonly log: Log,
  ) {}

  /** @throws DomainError `RECHARGE_NOT_FOUND`, also for someone else's: that it exists is none of the caller's business. */
  async get(merchantId: string, id: string): Promise<payment.Recharge> {
    const recharge = await this.cache.get(id);
    if (recharge?.merchantId === merchantId) return recharge;
    if (recharge) this.log.warn({ orderId: id, merchantId }, "a merchant asked for someone else's order");
    throw new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${id}`);
  }

  async list(
    request: RequestOf<typeof payment.listRecharges>,
  ): Promise<ResponseOf<typeof payment.listRecharges>> {
    const { merchantId, state, channel, createdFrom, createdTo, cursor: beforeId, limit } = request;
    const rows = await this.orders.list(
      merchantId,
      { state, channel, createdFrom, createdTo, beforeId },
      limit + 1,
    );
    const items = rows.slice(0, limit).map(rechargeOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}
