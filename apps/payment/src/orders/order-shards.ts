import type { Database } from '#libs/database';
import { type Shard, allShards, shardOfId, shardOfMerchant, tableNames } from '#libs/orders';
import type { Outbox } from '#libs/outbox';

/** One of the order tables, where it lives, and the outbox that commits with it. */
export interface OrderShard {
  readonly shard: Shard;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly tables: ReturnType<typeof tableNames>;
}

/** Finds the one table that an id or a merchant belongs to. Nothing else in this service knows how many there are. */
export class OrderShards {
  readonly all: readonly OrderShard[];

  /** @param homes where each shard lives; several shards may live in one database. */
  constructor(homes: (shard: Shard) => { readonly database: Database; readonly outbox: Outbox }) {
    this.all = allShards.map((shard) => ({ shard, tables: tableNames(shard), ...homes(shard) }));
  }

  /** By the id of an order, an attempt or a refund: the gene in it leads to the table. */
  ofId(id: string): OrderShard {
    return this.at(shardOfId(id));
  }

  ofMerchant(merchantId: string): OrderShard {
    return this.at(shardOfMerchant(merchantId));
  }

  private at(shard: Shard): OrderShard {
    const found = this.all[shard];
    if (!found) throw new Error(`There is no order table ${shard}`);
    return found;
  }
}
