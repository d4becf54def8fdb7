import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { rechargeOf } from '../orders/order-row.js';
import { OrderSearchRepository } from './order-search.repository.js';

/** What operators ask about orders, whoever they belong to. */
@Controller()
export class OperationsController {
  constructor(private readonly search: OrderSearchRepository) {}

  @Rpc(payment.searchOrders)
  async searchOrders({
    number,
    cursor: beforeId,
    limit,
    ...filter
  }: RequestOf<typeof payment.searchOrders>): Promise<ResponseOf<typeof payment.searchOrders>> {
    if (number !== undefined) {
      const found = await this.search.findByNumber(number);
      return { items: found.map(rechargeOf), nextCursor: null };
    }
    const rows = await this.search.list({ ...filter, beforeId }, limit + 1);
    const items = rows.slice(0, limit).map(rechargeOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}
