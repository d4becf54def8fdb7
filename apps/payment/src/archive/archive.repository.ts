import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { encodeId } from '#libs/ids';
import { type ArchivedTable, archiveTableNames } from '#libs/orders';
import { type OrderRow, selectOrders } from '../orders/order-row.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';

export interface ArchivedBatch {
  readonly archived: number;
  /** Where to go on; null when there is nothing older any more. */
  readonly lastId: string | null;
}

/** What an order is made of, and by which column its rows are found. */
const PARTS: readonly (readonly [table: ArchivedTable, key: 'id' | 'order_id'])[] = [
  ['orders', 'id'],
  ['orderDetails', 'order_id'],
  ['attempts', 'order_id'],
  ['refunds', 'order_id'],
  ['orderEvents', 'order_id'],
];

/** The archive of a shard under the names that repositories know: whatever reads a shard can read its archive. */
export function archiveOf(shard: OrderShard): OrderShard {
  return { ...shard, tables: { ...shard.tables, ...archiveTableNames(shard.shard) } };
}

/** Moves orders that have ended, with all that belongs to them, to tables of their own and back. */
@Injectable()
export class ArchiveRepository {
  private readonly columns = new Map<string, Promise<string>>();

  constructor(
    private readonly shards: OrderShards,
    private readonly database: Database,
  ) {}

  /**
   * One batch of one shard, in one transaction: who dies in it has moved nothing. Rows that another replica is moving,
   * or that somebody is settling, are passed over.
   *
   * @param afterId where the batch before ended; '0' at first.
   */
  async archiveBatch(
    shard: OrderShard,
    endedBefore: Date,
    afterId: string,
    limit: number,
  ): Promise<ArchivedBatch> {
    return shard.database.transaction(async (transaction) => {
      const found = await transaction.query<{ id: string }>(
        `SELECT \`id\` FROM \`${shard.tables.orders}\` WHERE \`id\` > ? AND \`id\` < ? AND \`state\` IN ('CREDITED', 'CLOSED') AND \`credit_due_at\` IS NULL AND \`updated_at\` < ?
          ORDER BY \`id\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        [afterId, encodeId(endedBefore.getTime(), 0, 0, 0), endedBefore, limit],
      );
      const ids = found.map(({ id }) => id);
      const busy = ids.length === 0 ? new Set<string>() : await this.busyOf(transaction, shard, ids);
      const ended = ids.filter((id) => !busy.has(id));
      if (ended.length > 0) await this.move(transaction, shard, archiveOf(shard), ended);
      return { archived: ended.length, lastId: ids.length < limit ? null : (ids.at(-1) ?? null) };
    });
  }

  /** As `OrderRepository.findById`, from the archive. */
  async findById(id: string): Promise<OrderRow | null> {
    const shard = this.shards.ofId(id);
    const [row] = await shard.database.query<OrderRow>(
      `${selectOrders(archiveOf(shard))} WHERE \`o\`.\`id\` = ?`,
      [id],
    );
    return row ?? null;
  }

  /** @param number of an order, an attempt or a refund. @returns the archived order that it belongs to. */
  async findOrderId(number: string): Promise<string | null> {
    const { database, tables } = archiveOf(this.shards.ofId(number));
    const [row] = await database.query<{ id: string }>(
      `SELECT \`id\` FROM \`${tables.orders}\` WHERE \`id\` = ?
        UNION ALL SELECT \`order_id\` FROM \`${tables.attempts}\` WHERE \`id\` = ?
        UNION ALL SELECT \`order_id\` FROM \`${tables.refunds}\` WHERE \`id\` = ? LIMIT 1`,
      [number, number, number],
    );
    return row?.id ?? null;
  }

  /**
   * Brings an order back among the live ones, because something happens to it after all (a late notify, a refund).
   *
   * @returns false when the archive has no such order (any more).
   */
  async restore(orderId: string): Promise<boolean> {
    const shard = this.shards.ofId(orderId);
    const archive = archiveOf(shard);
    return shard.database.transaction(async (transaction) => {
      const [order] = await transaction.query(
        `SELECT \`id\` FROM \`${archive.tables.orders}\` WHERE \`id\` = ? FOR UPDATE`,
        [orderId],
      );
      if (!order) return false;
      await this.move(transaction, archive, shard, [orderId]);
      // As young as what is about to happen to it: the next batch must not take it away from under that.
      await transaction.write(
        `UPDATE \`${shard.tables.orders}\` SET \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ?`,
        [orderId],
      );
      return true;
    });
  }

  /**
   * The same by any number that an order has: its own, an attempt's, a refund's.
   *
   * @returns false when the archive knows nothing of that number.
   */
  async restoreOf(number: string): Promise<boolean> {
    const orderId = await this.findOrderId(number);
    return orderId !== null && this.restore(orderId);
  }

  /** Orders for which something is still to be done. */
  private async busyOf(
    transaction: Transaction,
    { tables }: OrderShard,
    ids: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const busy = await transaction.query<{ order_id: string }>(
      `SELECT \`order_id\` FROM \`${tables.attempts}\` WHERE \`order_id\` IN (?) AND (\`state\` IN ('CREATED', 'PENDING') OR \`next_query_at\` IS NOT NULL)
        UNION ALL SELECT \`order_id\` FROM \`${tables.refunds}\` WHERE \`order_id\` IN (?) AND (\`state\` IN ('REQUESTED', 'PROCESSING') OR \`next_action_at\` IS NOT NULL)
        UNION ALL SELECT \`a\`.\`order_id\` FROM \`${tables.attempts}\` AS \`a\` WHERE \`a\`.\`order_id\` IN (?) AND \`a\`.\`state\` = 'CONFLICTED'
              AND NOT EXISTS (SELECT 1 FROM \`${tables.refunds}\` AS \`r\` WHERE \`r\`.\`attempt_id\` = \`a\`.\`id\`)`,
      [ids, ids, ids],
    );
    // Differences live in the service's own database, wherever the shard is.
    const differing = await this.database.query<{ order_id: string }>(
      "SELECT `order_id` FROM `reconciliation_difference` WHERE `order_id` IN (?) AND `state` IN ('CARRIED', 'OPEN', 'APPROVAL_PENDING')",
      [ids],
    );
    return new Set([...busy, ...differing].map((row) => row.order_id));
  }

  private async move(
    transaction: Transaction,
    from: OrderShard,
    to: OrderShard,
    orderIds: readonly string[],
  ): Promise<void> {
    for (const [table, key] of PARTS) {
      const columns = await this.columnsOf(from, table);
      await transaction.write(
        `INSERT INTO \`${to.tables[table]}\` (${columns}) SELECT ${columns} FROM \`${from.tables[table]}\` WHERE \`${key}\` IN (?)`,
        [orderIds],
      );
      await transaction.write(`DELETE FROM \`${from.tables[table]}\` WHERE \`${key}\` IN (?)`, [orderIds]);
    }
  }

  /** By name: two tables of the same columns may have them in another order, and `SELECT *` would not notice. */
  private columnsOf({ database, tables }: OrderShard, table: ArchivedTable): Promise<string> {
    const name = tables[table];
    const known = this.columns.get(name) ?? readColumns(database, name);
    this.columns.set(name, known);
    known.catch(() => this.columns.delete(name));
    return known;
  }
}

async function readColumns(database: Database, table: string): Promise<string> {
  const rows = await database.query<{ name: string }>(
    'SELECT `COLUMN_NAME` AS `name` FROM `information_schema`.`COLUMNS` WHERE `TABLE_SCHEMA` = ? AND `TABLE_NAME` = ? ORDER BY `ORDINAL_POSITION`',
    [database.schema, table],
  );
  return rows.map(({ name }) => `\`${name}\``).join(', ');
}
