import { createHash } from 'node:crypto';
import { GENES, geneOf } from '#libs/ids';

/**
 * The gene of a merchant: the low 6 bits of the first byte of SHA-256 of the id's decimal digits. Any good hash would
 * do; this one is in every language and never changes. **It must never change**: the table of every order ever made
 * follows from it.
 */
export function geneOfMerchant(merchantId: string): number {
  const [first = 0] = createHash('sha256').update(merchantId).digest();
  return first % GENES;
}

/** Tables in use. May grow to 8, 16, 32 or 64 without changing any id: the table is the gene modulo this. */
export const ORDER_TABLES = 4;
export type Shard = 0 | 1 | 2 | 3;

export const allShards: readonly Shard[] = [0, 1, 2, 3];

export function shardOfGene(gene: number): Shard {
  return (gene % ORDER_TABLES) as Shard;
}

export function shardOfMerchant(merchantId: string): Shard {
  return shardOfGene(geneOfMerchant(merchantId));
}

/** @param id of an order, an attempt or a refund: all of them carry their merchant's gene. */
export function shardOfId(id: string): Shard {
  return shardOfGene(geneOf(id));
}

export interface ShardTables {
  readonly orders: string;
  readonly orderDetails: string;
  readonly attempts: string;
}

export function tableNames(shard: Shard): ShardTables {
  return { orders: `orders_${shard}`, orderDetails: `order_details_${shard}`, attempts: `attempts_${shard}` };
}
