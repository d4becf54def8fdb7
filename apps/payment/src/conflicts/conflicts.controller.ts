import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { OrderShards } from '../orders/order-shards.js';

interface ConflictRow {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly channel: payment.ChannelName;
  readonly channel_trade_no: string | null;
  readonly amount: string;
  readonly paid_amount: string | null;
  readonly conflict_reason: string | null;
  readonly updated_at: Date;
  readonly refund_id: string | null;
}

@Controller()
export class ConflictsController {
  constructor(private readonly shards: OrderShards) {}

  /** The one list that has to look into every table: an operator's, over all merchants. Newest attempt first. */
  @Rpc(payment.listConflicts)
  async list({
    cursor,
    limit,
  }: RequestOf<typeof payment.listConflicts>): Promise<ResponseOf<typeof payment.listConflicts>> {
    const perShard = await Promise.all(
      this.shards.all.map(({ database, tables }) =>
        database.query<ConflictRow>(
          `SELECT \`id\`, \`order_id\`, \`merchant_id\`, \`channel\`, \`channel_trade_no\`, \`amount\`, \`paid_amount\`, \`conflict_reason\`, \`updated_at\`,
                  (SELECT \`r\`.\`id\` FROM \`${tables.refunds}\` AS \`r\` WHERE \`r\`.\`attempt_id\` = \`a\`.\`id\` LIMIT 1) AS \`refund_id\`
             FROM \`${tables.attempts}\` AS \`a\` WHERE \`state\` = 'CONFLICTED' AND \`id\` < ? ORDER BY \`id\` DESC LIMIT ?`,
          [cursor ?? (2n ** 63n - 1n).toString(), limit + 1],
        ),
      ),
    );
    const rows = perShard.flat().sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
    const items = rows.slice(0, limit).map(conflictOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.attemptId ?? null) : null };
  }
}

function conflictOf(row: ConflictRow): payment.Conflict {
  return {
    attemptId: row.id,
    orderId: row.order_id,
    merchantId: row.merchant_id,
    channel: row.channel,
    channelTradeNo: row.channel_trade_no,
    expectedAmount: BigInt(row.amount),
    paidAmount: row.paid_amount === null ? null : BigInt(row.paid_amount),
    reason: row.conflict_reason ?? '',
    detectedAt: row.updated_at,
    refundId: row.refund_id,
  };
}
