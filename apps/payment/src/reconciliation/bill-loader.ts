import { Injectable } from '@nestjs/common';
import type { SqlValue } from '#libs/database';
import { EPOCH_MS, decodeId } from '#libs/ids';
import type { BillLine, PaymentChannel } from '#libs/payments';
import { ChannelCalls } from '../channels/channel-calls.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { type Claim, ReconciliationRepository } from './reconciliation.repository.js';

/** Lines of one INSERT: large enough that the round trips don't count, small enough for any `max_allowed_packet`. */
const BATCH = 1_000;
const RENEW_EVERY_MS = 10_000;
const DELETE_BATCH = 5_000;
const COLUMNS =
  '`account_id`, `bill_date`, `line_number`, `kind`, `out_trade_no`, `out_refund_no`, `attempt_id`, `refund_id`, `channel_trade_no`, `channel_refund_no`, `amount`, `fee`, `at`, `status`';

/** Brings a day's bill from the channel into the tables: a stream, so that memory is the same for any number of lines. */
@Injectable()
export class BillLoader {
  constructor(
    private readonly shards: OrderShards,
    private readonly repository: ReconciliationRepository,
    private readonly calls: ChannelCalls,
  ) {}

  /**
   * Takes away what an interrupted load has left, then loads every line.
   *
   * @returns how many lines the bill has.
   * @throws ChannelError as `downloadBill`. @throws LeaseLostError when another replica has taken over.
   */
  async load(claim: Claim, signal: AbortSignal): Promise<number> {
    await this.clear(claim);
    const lines = await this.calls.run(claim.accountId, { name: 'bill', priority: 'bill' }, (channel) =>
      startDownload(channel, claim.billDate),
    );
    const waiting = new Map<OrderShard, SqlValue[][]>(this.shards.all.map((shard) => [shard, []]));
    let renewedAt = performance.now();
    let count = 0;
    for await (const line of lines) {
      count += 1;
      const shard = this.shardOf(line);
      const rows = waiting.get(shard) ?? [];
      rows.push(rowOf(claim, count, line));
      if (rows.length < BATCH) continue;
      signal.throwIfAborted();
      await insert(shard, rows.splice(0));
      if (performance.now() - renewedAt > RENEW_EVERY_MS) {
        await this.repository.renew(claim);
        renewedAt = performance.now();
      }
    }
    for (const [shard, rows] of waiting) if (rows.length > 0) await insert(shard, rows);
    await this.repository.loaded(claim, count);
    return count;
  }

  private async clear(claim: Claim): Promise<void> {
    for (const { database, tables } of this.shards.all) {
      let deleted: number;
      do {
        ({ affectedRows: deleted } = await database.write(
          `DELETE FROM \`${tables.billLines}\` WHERE \`account_id\` = ? AND \`bill_date\` = ? LIMIT ${DELETE_BATCH}`,
          [claim.accountId, claim.billDate],
        ));
      } while (deleted === DELETE_BATCH);
    }
    await this.repository.renew(claim);
  }

  /** A line lies beside the order that it is about; one that can't be ours lies anywhere, so in the first. */
  private shardOf(line: BillLine): OrderShard {
    return this.shards.ofId(ourId(line.outTradeNo) ?? '0');
  }
}

/** An id that could be one of ours: 19 digits, of a time that has been. */
export function ourId(number: string | null): string | null {
  if (number === null || !/^[1-9]\d{18}$/.test(number) || BigInt(number) >= 2n ** 63n) return null;
  const atMs = decodeId(number).at.getTime();
  return atMs > EPOCH_MS && atMs < Date.now() + 86_400_000 ? number : null;
}

/** Its first line proves that the channel has accepted; what follows is one answer's body and takes no place in line. */
async function startDownload(channel: PaymentChannel, billDate: string): Promise<AsyncIterable<BillLine>> {
  const iterator = channel.downloadBill(billDate)[Symbol.asyncIterator]();
  let first: IteratorResult<BillLine> | undefined = await iterator.next();
  const next = () => {
    const result = first === undefined ? iterator.next() : Promise.resolve(first);
    first = undefined;
    return result;
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }),
  };
}

function rowOf({ accountId, billDate }: Claim, lineNumber: number, line: BillLine): SqlValue[] {
  return [
    accountId,
    billDate,
    lineNumber,
    line.kind,
    line.outTradeNo,
    line.outRefundNo,
    ourId(line.outTradeNo),
    ourId(line.outRefundNo),
    line.channelTradeNo,
    line.channelRefundNo,
    line.amount,
    line.fee,
    line.at,
    line.status,
  ];
}

/** Idempotent: two replicas that load one day (the first one thought dead) write the same lines. */
async function insert({ database, tables }: OrderShard, rows: SqlValue[][]): Promise<void> {
  await database.write(
    `INSERT INTO \`${tables.billLines}\` (${COLUMNS}) VALUES ? ON DUPLICATE KEY UPDATE \`line_number\` = VALUES(\`line_number\`)`,
    [rows],
  );
}
