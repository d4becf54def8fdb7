import { Injectable } from '@nestjs/common';
import type { RequestOf, payment } from '#libs/contracts';
import type { SqlValue } from '#libs/database';
import { OrderShards } from '../orders/order-shards.js';
import { type RefundRow, selectRefunds } from './refund-row.js';

interface DuplicateRow {
  readonly attempt_id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly channel: payment.ChannelName;
  readonly channel_trade_no: string;
  readonly paid_amount: string;
  readonly paid_at: Date;
  readonly refund_id: string | null;
  readonly refund_state: payment.RefundState | null;
}

const NEWEST = (2n ** 63n - 1n).toString();

/** Lists for operators: over all merchants, and so over all tables. Newest first, by key. */
@Injectable()
export class RefundLists {
  constructor(private readonly shards: OrderShards) {}

  async search(
    { kind, state, withProblem, cursor }: RequestOf<typeof payment.searchRefunds>,
    limit: number,
  ): Promise<RefundRow[]> {
    const conditions: [sql: string, value: SqlValue | undefined][] = [
      ['`r`.`id` < ?', cursor ?? NEWEST],
      ['`r`.`kind` = ?', kind],
      ['`r`.`state` = ?', state],
      [
        withProblem === true ? '`r`.`problem` <> ?' : '? = 1',
        withProblem === undefined ? undefined : withProblem ? '' : 1,
      ],
    ];
    const used = conditions.filter(
      (condition): condition is [string, SqlValue] => condition[1] !== undefined,
    );
    const found = await Promise.all(
      this.shards.all.map((shard) =>
        shard.database.query<RefundRow>(
          `${selectRefunds(shard)} WHERE ${used.map(([sql]) => sql).join(' AND ')} ORDER BY \`r\`.\`id\` DESC LIMIT ?`,
          [...used.map(([, value]) => value), limit],
        ),
      ),
    );
    return newestOf(found.flat(), ({ id }) => id, limit);
  }

  async duplicates(cursor: string | undefined, limit: number): Promise<payment.Duplicate[]> {
    const found = await Promise.all(
      this.shards.all.map(({ database, tables }) =>
        database.query<DuplicateRow>(
          `SELECT \`a\`.\`id\` AS \`attempt_id\`, \`a\`.\`order_id\`, \`a\`.\`merchant_id\`, \`a\`.\`channel\`, \`a\`.\`channel_trade_no\`, \`a\`.\`paid_amount\`, \`a\`.\`paid_at\`, \`r\`.\`id\` AS \`refund_id\`, \`r\`.\`state\` AS \`refund_state\`
             FROM \`${tables.attempts}\` AS \`a\`
             LEFT JOIN \`${tables.refunds}\` AS \`r\` ON \`r\`.\`id\` = (SELECT MAX(\`l\`.\`id\`) FROM \`${tables.refunds}\` AS \`l\` WHERE \`l\`.\`attempt_id\` = \`a\`.\`id\`)
            WHERE \`a\`.\`state\` = 'DUPLICATED' AND \`a\`.\`id\` < ? ORDER BY \`a\`.\`id\` DESC LIMIT ?`,
          [cursor ?? NEWEST, limit],
        ),
      ),
    );
    return newestOf(found.flat(), (row) => row.attempt_id, limit).map((row) => ({
      attemptId: row.attempt_id,
      orderId: row.order_id,
      merchantId: row.merchant_id,
      channel: row.channel,
      channelTradeNo: row.channel_trade_no,
      amount: BigInt(row.paid_amount),
      paidAt: row.paid_at,
      refundId: row.refund_id,
      refundState: row.refund_state,
    }));
  }
}

function newestOf<Row>(rows: readonly Row[], idOf: (row: Row) => string, limit: number): Row[] {
  return [...rows].sort((a, b) => (BigInt(idOf(a)) < BigInt(idOf(b)) ? 1 : -1)).slice(0, limit);
}
