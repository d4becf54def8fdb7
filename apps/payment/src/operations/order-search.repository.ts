import { Injectable } from '@nestjs/common';
import { fields } from '#libs/contracts';
import { shardOfId } from '#libs/orders';
import { type OrderRow, selectOrders } from '../orders/order-row.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { type OrderFilter, selectionOf } from '../orders/order-filter.js';

/** The SQL behind an operator's questions: over all merchants, so, unless a number leads to one table, over all tables. */
@Injectable()
export class OrderSearchRepository {
  constructor(private readonly shards: OrderShards) {}

  /** Newest first over all tables; each gives as many as could be on the page. */
  async list(filter: OrderFilter, limit: number): Promise<OrderRow[]> {
    const shards =
      filter.merchantId === undefined ? this.shards.all : [this.shards.ofMerchant(filter.merchantId)];
    const found = await Promise.all(
      shards.map((shard) => {
        const { index, where, parameters } = selectionOf(filter, shard.tables.orders);
        return shard.database.query<OrderRow>(
          `${selectOrders(shard, index)} ${where} ORDER BY \`o\`.\`id\` DESC LIMIT ?`,
          [...parameters, limit],
        );
      }),
    );
    return found
      .flat()
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))
      .slice(0, limit);
  }

  /** Orders that a number means: their own, an attempt's, a refund's or a channel's. At most a handful. */
  async findByNumber(number: string): Promise<OrderRow[]> {
    // Numbers of ours lead to one table; a channel's own may lie in any of them.
    const ours = fields.id.safeParse(number).success ? [this.shards.all[shardOfId(number)]] : [];
    for (const shards of [ours, this.shards.all]) {
      const found = await Promise.all(
        shards.map((shard) => (shard ? this.findIn(shard, number) : Promise.resolve([]))),
      );
      if (found.flat().length > 0) return found.flat();
    }
    return [];
  }

  private findIn(shard: OrderShard, number: string): Promise<OrderRow[]> {
    const { attempts, refunds } = shard.tables;
    return shard.database.query<OrderRow>(
      `${selectOrders(shard)} WHERE \`o\`.\`id\` IN (
         SELECT CAST(? AS UNSIGNED)
         UNION SELECT \`order_id\` FROM \`${attempts}\` WHERE \`id\` = ?
         UNION SELECT \`order_id\` FROM \`${attempts}\` WHERE \`channel\` IN ('alipay', 'wechat') AND \`channel_trade_no\` = ?
         UNION SELECT \`order_id\` FROM \`${refunds}\` WHERE \`id\` = ?)`,
      [number, number, number, number],
    );
  }
}
