import { type ArchivedTable, allShards, archiveTableNames, tableNames } from '#libs/orders';
import { type Books, type Invariant, type OffendingRow, ROW_LIMIT } from './invariant.js';

/** The tables that an order is in with everything of its own: those of its shard, or those of its shard's archive. */
export type OrderTables = Readonly<Record<ArchivedTable, string>>;

const ORDER_TABLES: readonly OrderTables[] = allShards.flatMap((shard) => [
  tableNames(shard),
  archiveTableNames(shard),
]);

/**
 * Runs a statement over each set of order tables. An order moves to the archive with all that it has, in one
 * transaction, so a statement never sees a part of one.
 */
export const ofOrders =
  (sql: (tables: OrderTables, books: Books) => string): Invariant['findOffenders'] =>
  async (books) => {
    const found: OffendingRow[] = [];
    for (const tables of ORDER_TABLES) {
      const statement = `${sql(tables, books)} LIMIT ${ROW_LIMIT}`;
      found.push(...(await books.payment.query<OffendingRow>(statement)));
    }
    return found.slice(0, ROW_LIMIT);
  };

/** One statement's worth of rows of all order tables, for a rule about their sum. */
export const allOrders = (sql: (tables: OrderTables) => string): string =>
  ORDER_TABLES.map(sql).join(' UNION ALL ');

/** The join to a posted transfer of the ledger, by scope and by an expression for its key. */
export const joinTransfer = (wallet: string, alias: string, scope: string, key: string): string =>
  `\`${wallet}\`.\`transfer\` AS \`${alias}\` ON \`${alias}\`.\`scope\` = '${scope}' AND \`${alias}\`.\`idempotency_key\` = CAST(${key} AS CHAR) AND \`${alias}\`.\`status\` = 'posted'`;

/** What a transfer did to the accounts whose codes are like this, as a scalar subquery; 0 for nothing. */
export const movedOn = (wallet: string, transferId: string, codeLike: string): string =>
  `(SELECT COALESCE(SUM(\`e\`.\`amount\`), 0) FROM \`${wallet}\`.\`entry\` AS \`e\` JOIN \`${wallet}\`.\`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\` WHERE \`e\`.\`transfer_id\` = ${transferId} AND \`a\`.\`code\` LIKE '${codeLike}')`;

/**
 * What one book tells the other is on its way for a moment; after five minutes it has been lost.
 *
 * @param alias of a row with `updated_at`.
 */
export const longAgo = (alias: string): string =>
  `\`${alias}\`.\`updated_at\` < UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE`;
