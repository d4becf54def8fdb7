import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { payment } from '#libs/contracts';
import { PaymentChannelFactory } from '#libs/payments';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import type { StoredDifference } from './difference.js';

/** Rows of one transaction. */
const BATCH = 200;

interface FeeRow {
  readonly id: string;
  readonly fee: string | null;
  readonly amount: string;
}

/** Books what the bill says that payments and refunds cost, where we had booked something else. */
@Injectable()
export class FeeCorrections {
  constructor(
    private readonly shards: OrderShards,
    private readonly channels: PaymentChannelFactory,
  ) {}

  /**
   * The stored fee and the announcement of the correction change in one transaction, so a repetition finds nothing to
   * correct. Their orders are among the live ones.
   */
  async apply(differences: readonly StoredDifference[]): Promise<void> {
    for (const subject of ['payment', 'refund'] as const) {
      for (const shard of this.shards.all) {
        const here = differences.filter(
          (each) =>
            each.subject === subject && ownId(each) !== null && this.shards.ofId(ownId(each) ?? '') === shard,
        );
        for (let start = 0; start < here.length; start += BATCH) {
          await this.applyBatch(shard, subject, here.slice(start, start + BATCH));
        }
      }
    }
  }

  private async applyBatch(
    shard: OrderShard,
    subject: 'payment' | 'refund',
    batch: readonly StoredDifference[],
  ): Promise<void> {
    const table = subject === 'payment' ? shard.tables.attempts : shard.tables.refunds;
    const amount = subject === 'payment' ? 'paid_amount' : 'amount';
    await shard.database.transaction(async (transaction) => {
      const rows = await transaction.query<FeeRow>(
        `SELECT \`id\`, \`fee\`, \`${amount}\` AS \`amount\` FROM \`${table}\` WHERE \`id\` IN (?) ORDER BY \`id\` FOR UPDATE`,
        [batch.map((each) => ownId(each) ?? '')],
      );
      const stored = new Map(rows.map((row) => [row.id, row]));
      const wrong = batch.flatMap((difference) => {
        const row = stored.get(ownId(difference) ?? '');
        const { channelFee } = difference;
        if (!row || channelFee === null || row.fee === String(channelFee)) return [];
        return [{ difference, id: row.id, to: channelFee, from: this.bookedFee(difference, row) }];
      });
      if (wrong.length === 0) return;
      await transaction.write(
        `UPDATE \`${table}\` SET \`fee\` = CASE \`id\` ${wrong.map(() => 'WHEN ? THEN ?').join(' ')} END WHERE \`id\` IN (?)`,
        [...wrong.flatMap(({ id, to }) => [id, to]), wrong.map(({ id }) => id)],
      );
      await shard.outbox.appendAll(
        transaction,
        payment.feeCorrected,
        wrong
          .filter(({ from, to }) => from !== to)
          .map(({ difference, id, from, to }) => ({
            aggregateId: id,
            payload: {
              // Stored with the changed fee, so that it is announced under this key however often.
              key: randomUUID(),
              subject: `${difference.accountId}:${subject}:${id}`,
              channel: difference.channel,
              accountId: difference.accountId,
              // What a channel gives back with a refund lowers what it has kept.
              difference: subject === 'payment' ? to - from : from - to,
              billDate: difference.billDate,
            },
          })),
      );
    });
  }

  /** An attempt from before fees were stored was booked by the contract's rate. */
  private bookedFee(difference: StoredDifference, row: FeeRow): bigint {
    if (row.fee !== null) return BigInt(row.fee);
    return this.channels.account(difference.accountId).channel.feeOf(BigInt(row.amount));
  }
}

const ownId = ({ subject, attemptId, refundId }: StoredDifference) =>
  subject === 'payment' ? attemptId : refundId;
