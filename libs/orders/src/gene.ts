import { createHash } from 'node:crypto';
import { GENES, geneOf } from '#libs/ids';

/**
 * The gene of a merchant, 0 to 63: the low 6 bits of the first byte of SHA-256 (FIPS 180-4) of the id's decimal digits
 * in UTF-8. Any good hash would do, even over ids that count upwards; this one is in every language, database and
 * shell. **It must never change**: the table of every order ever made follows from it.
 *
 * @param merchantId exactly as it is stored; `"7"` and `"07"` are two merchants.
 */
export function geneOfMerchant(merchantId: string): number {
  const [first = 0] = createHash('sha256').update(merchantId).digest();
  return first % GENES;
}

/**
 * Tables in use. It may be doubled, up to 64, without changing any id: the orders of table `t` then belong to `t` or to
 * `t + ORDER_TABLES`, and those of one merchant stay together. (DESIGN §5)
 */
export const ORDER_TABLES = 4;

/** The number of an order table, as in `orders_2`. */
export type Shard = 0 | 1 | 2 | 3;

/** For what has to look at every table: sweeps, migrations, the audit. */
export const allShards: readonly Shard[] = [0, 1, 2, 3];

/** The table of a gene. `tables` is there for those who plan the next doubling: 4, 8, 16, 32 or 64. */
export function shardOfGene(gene: number): Shard;
export function shardOfGene(gene: number, tables: number): number;
export function shardOfGene(gene: number, tables: number = ORDER_TABLES): number {
  return gene % tables;
}

/** The one table that holds all orders of a merchant. */
export function shardOfMerchant(merchantId: string): Shard {
  return shardOfGene(geneOfMerchant(merchantId));
}

/**
 * The one table that an id leads to.
 *
 * @param id of an order, an attempt or a refund: all of them carry their merchant's gene.
 * @throws SyntaxError when it is no integer.
 */
export function shardOfId(id: string): Shard {
  return shardOfGene(geneOf(id));
}

/** The names of the tables that make up a shard, unquoted. */
export interface ShardTables {
  /** What lists and sweeps read: id, merchant, state, version, times. */
  readonly orders: string;
  /** Amount, channel data, subject: what is read one order at a time. */
  readonly orderDetails: string;
  readonly attempts: string;
  readonly refunds: string;
  /** What happened to each order, for its story. */
  readonly orderEvents: string;
  /** Where merchants' own systems want to be told, and what they are told. */
  readonly webhooks: string;
  readonly webhookDeliveries: string;
  /** Which offers a merchant has taken. */
  readonly offerUses: string;
  /** The lines of the channels' bills whose numbers belong to this shard. */
  readonly billLines: string;
}

/** The tables of a shard that move to its archive with an order. */
export type ArchivedTable = 'orders' | 'orderDetails' | 'attempts' | 'refunds' | 'orderEvents';

/** @param shard of `shardOfMerchant` or `shardOfId`. */
export function tableNames(shard: Shard): ShardTables {
  return {
    orders: `orders_${shard}`,
    orderDetails: `order_details_${shard}`,
    attempts: `attempts_${shard}`,
    refunds: `refunds_${shard}`,
    orderEvents: `order_events_${shard}`,
    webhooks: `webhooks_${shard}`,
    webhookDeliveries: `webhook_deliveries_${shard}`,
    offerUses: `offer_uses_${shard}`,
    billLines: `bill_lines_${shard}`,
  };
}

/** Where old orders of a shard go: tables of the same shape, beside the live ones. */
export function archiveTableNames(shard: Shard): Readonly<Record<ArchivedTable, string>> {
  return {
    orders: `orders_archive_${shard}`,
    orderDetails: `order_details_archive_${shard}`,
    attempts: `attempts_archive_${shard}`,
    refunds: `refunds_archive_${shard}`,
    orderEvents: `order_events_archive_${shard}`,
  };
}
