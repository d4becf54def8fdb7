/** Which table an order lives in, and ids that say so. */
export {
  ORDER_TABLES,
  type Shard,
  type ShardTables,
  allShards,
  geneOfMerchant,
  shardOfGene,
  shardOfId,
  shardOfMerchant,
  tableNames,
} from './gene.js';
export { OrderIds } from './order-ids.js';
