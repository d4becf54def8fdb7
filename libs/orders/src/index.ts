/** Which table an order lives in, and ids that say so. */
export {
  ORDER_TABLES,
  type ArchivedTable,
  type Shard,
  type ShardTables,
  allShards,
  archiveTableNames,
  geneOfMerchant,
  shardOfGene,
  shardOfId,
  shardOfMerchant,
  tableNames,
} from './gene.js';
export { OrderIds } from './order-ids.js';
