import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import type { SqlValue } from '#libs/database';
import { archiveTableNames } from '#libs/orders';
import type { OrderShard } from '../orders/order-shards.js';
import {
  type MatchedLine,
  type OurAttempt,
  type OurRefund,
  PAID_STATES,
  REFUND_FAILED_WORDS,
  REFUND_PENDING_WORDS,
} from './classify-line.js';
import type { Claim } from './reconciliation.repository.js';

/** Amounts in micro-yuan. */
export interface BillSums {
  readonly payments: number;
  readonly refunds: number;
  readonly paidAmount: bigint;
  readonly refundedAmount: bigint;
  /** What the channel kept of the payments, less what it gave back of the refunds. */
  readonly feeAmount: bigint;
}

/** From the first line number to the last, both included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** Something that we have and no bill of its account. */
export interface OnlyHere {
  readonly id: string;
  readonly at: Date;
  readonly attemptId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly state: string;
  readonly channelNumber: string | null;
  readonly amount: bigint;
  readonly fee: bigint | null;
}

interface LineRow {
  readonly kind: 'payment' | 'refund';
  readonly out_trade_no: string;
  readonly out_refund_no: string | null;
  readonly attempt_id: string | null;
  readonly refund_id: string | null;
  readonly channel_trade_no: string;
  readonly channel_refund_no: string | null;
  readonly amount: string;
  readonly fee: string;
  readonly status: string;
}

const PAYMENT_AGREES =
  '`a`.`account_id` = `l`.`account_id` AND `a`.`state` IN (?) AND `a`.`paid_amount` = `l`.`amount`';
const REFUND_AGREES =
  "`r`.`account_id` = `l`.`account_id` AND `r`.`amount` = `l`.`amount` AND `l`.`status` NOT IN (?) AND (`r`.`state` = 'SUCCEEDED' OR `l`.`status` IN (?))";
const AGREEMENT: readonly SqlValue[] = [PAID_STATES, REFUND_FAILED_WORDS, REFUND_PENDING_WORDS];

/** The joins of a bill with our book, one shard and one stretch of lines at a time. Plain reads: they lock nothing. */
@Injectable()
export class ComparisonRepository {
  /** The lines of a stretch that don't plainly agree with our book, with what we have of them. */
  async differingLines(shard: OrderShard, claim: Claim, { from, to }: LineRange): Promise<MatchedLine[]> {
    const { database, tables } = shard;
    const rows = await database.query<LineRow>(
      `SELECT \`l\`.\`kind\`, \`l\`.\`out_trade_no\`, \`l\`.\`out_refund_no\`, \`l\`.\`attempt_id\`, \`l\`.\`refund_id\`, \`l\`.\`channel_trade_no\`, \`l\`.\`channel_refund_no\`, \`l\`.\`amount\`, \`l\`.\`fee\`, \`l\`.\`status\`
         FROM \`${tables.billLines}\` AS \`l\` FORCE INDEX (PRIMARY)
         LEFT JOIN \`${tables.attempts}\` AS \`a\` ON \`a\`.\`id\` = \`l\`.\`attempt_id\`
         LEFT JOIN \`${tables.refunds}\` AS \`r\` ON \`r\`.\`id\` = \`l\`.\`refund_id\`
        WHERE \`l\`.\`account_id\` = ? AND \`l\`.\`bill_date\` = ? AND \`l\`.\`line_number\` BETWEEN ? AND ?
          AND NOT COALESCE(IF(\`l\`.\`kind\` = 'payment', ${PAYMENT_AGREES} AND \`a\`.\`fee\` = \`l\`.\`fee\`, ${REFUND_AGREES} AND \`r\`.\`fee\` = \`l\`.\`fee\`), 0)
        ORDER BY \`l\`.\`line_number\``,
      [claim.accountId, claim.billDate, from, to, ...AGREEMENT],
    );
    if (rows.length === 0) return [];
    const attempts = await this.attempts(shard, ids(rows.map((row) => row.attempt_id)));
    const refunds = await this.refunds(shard, ids(rows.map((row) => row.refund_id)));
    return rows.map((row) => ({
      accountId: claim.accountId,
      kind: row.kind,
      outTradeNo: row.out_trade_no,
      outRefundNo: row.out_refund_no,
      channelTradeNo: row.channel_trade_no,
      channelRefundNo: row.channel_refund_no,
      amount: BigInt(row.amount),
      fee: BigInt(row.fee),
      status: row.status,
      attempt: attempts.get(row.attempt_id ?? '') ?? null,
      refund: refunds.get(row.refund_id ?? '') ?? null,
    }));
  }

  /** What a stretch of the bill comes to, whether we agree or not. */
  async sums(shard: OrderShard, claim: Claim, { from, to }: LineRange): Promise<BillSums> {
    const [row] = await shard.database.query<
      Record<'payments' | 'refunds' | 'paid' | 'refunded' | 'fee', string | null>
    >(
      `SELECT SUM(\`kind\` = 'payment') AS \`payments\`, SUM(\`kind\` = 'refund') AS \`refunds\`,
              SUM(IF(\`kind\` = 'payment', \`amount\`, 0)) AS \`paid\`,
              SUM(IF(\`kind\` = 'refund', \`amount\`, 0)) AS \`refunded\`,
              SUM(IF(\`kind\` = 'payment', \`fee\`, -\`fee\`)) AS \`fee\`
         FROM \`${shard.tables.billLines}\` WHERE \`account_id\` = ? AND \`bill_date\` = ? AND \`line_number\` BETWEEN ? AND ?`,
      [claim.accountId, claim.billDate, from, to],
    );
    return {
      payments: Number(row?.payments ?? 0),
      refunds: Number(row?.refunds ?? 0),
      paidAmount: BigInt(row?.paid ?? 0),
      refundedAmount: BigInt(row?.refunded ?? 0),
      feeAmount: BigInt(row?.fee ?? 0),
    };
  }

  /** Payments here of the span that no bill of the account has, in the order of their ids, live or archived. */
  async paymentsOnlyHere(
    shard: OrderShard,
    accountId: string,
    span: { readonly from: Date; readonly to: Date },
    place: 'live' | 'archive',
    afterId: string,
    limit: number,
  ): Promise<OnlyHere[]> {
    const attempts = place === 'live' ? shard.tables.attempts : archiveTableNames(shard.shard).attempts;
    return onlyHere(
      await shard.database.query<OnlyHereRow>(
        `SELECT \`a\`.\`id\`, \`a\`.\`paid_at\` AS \`at\`, \`a\`.\`id\` AS \`attempt_id\`, \`a\`.\`order_id\`, \`a\`.\`merchant_id\`, \`a\`.\`state\`, \`a\`.\`channel_trade_no\` AS \`channel_number\`, \`a\`.\`paid_amount\` AS \`amount\`, \`a\`.\`fee\`
           FROM \`${attempts}\` AS \`a\`
           LEFT JOIN \`${shard.tables.billLines}\` AS \`l\` ON \`l\`.\`attempt_id\` = \`a\`.\`id\` AND \`l\`.\`kind\` = 'payment' AND \`l\`.\`account_id\` = \`a\`.\`account_id\`
          WHERE \`a\`.\`account_id\` = ? AND \`a\`.\`paid_at\` >= ? AND \`a\`.\`paid_at\` < ? AND \`a\`.\`state\` IN (?) AND \`l\`.\`attempt_id\` IS NULL AND \`a\`.\`id\` > ?
          ORDER BY \`a\`.\`id\` LIMIT ?`,
        [accountId, span.from, span.to, PAID_STATES, afterId, limit],
      ),
    );
  }

  /** Refunds here of the span that no bill of the account has. */
  async refundsOnlyHere(
    shard: OrderShard,
    accountId: string,
    span: { readonly from: Date; readonly to: Date },
    place: 'live' | 'archive',
    afterId: string,
    limit: number,
  ): Promise<OnlyHere[]> {
    const refunds = place === 'live' ? shard.tables.refunds : archiveTableNames(shard.shard).refunds;
    return onlyHere(
      await shard.database.query<OnlyHereRow>(
        `SELECT \`r\`.\`id\`, \`r\`.\`succeeded_at\` AS \`at\`, \`r\`.\`attempt_id\`, \`r\`.\`order_id\`, \`r\`.\`merchant_id\`, \`r\`.\`state\`, \`r\`.\`channel_refund_no\` AS \`channel_number\`, \`r\`.\`amount\`, \`r\`.\`fee\`
           FROM \`${refunds}\` AS \`r\`
           LEFT JOIN \`${shard.tables.billLines}\` AS \`l\` ON \`l\`.\`refund_id\` = \`r\`.\`id\` AND \`l\`.\`account_id\` = \`r\`.\`account_id\`
          WHERE \`r\`.\`account_id\` = ? AND \`r\`.\`succeeded_at\` >= ? AND \`r\`.\`succeeded_at\` < ? AND \`r\`.\`state\` = 'SUCCEEDED' AND \`l\`.\`refund_id\` IS NULL AND \`r\`.\`id\` > ?
          ORDER BY \`r\`.\`id\` LIMIT ?`,
        [accountId, span.from, span.to, afterId, limit],
      ),
    );
  }

  /** Which of these attempts or refunds are on any bill of the account. */
  async onBills(
    shard: OrderShard,
    accountId: string,
    subject: 'payment' | 'refund',
    ownIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const column = subject === 'payment' ? 'attempt_id' : 'refund_id';
    const rows = await shard.database.query<{ id: string }>(
      `SELECT DISTINCT \`${column}\` AS \`id\` FROM \`${shard.tables.billLines}\` WHERE \`${column}\` IN (?) AND \`kind\` = ? AND \`account_id\` = ?`,
      [ownIds, subject, accountId],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Where they are: among the live ones, or in the archive. */
  async attempts(shard: OrderShard, wanted: readonly string[]): Promise<ReadonlyMap<string, OurAttempt>> {
    const rows = await everywhere<AttemptRow>(
      shard,
      'attempts',
      wanted,
      '`id`, `order_id`, `merchant_id`, `account_id`, `state`, `paid_amount`, `fee`',
    );
    return new Map(
      rows.map((row) => [
        row.id,
        {
          id: row.id,
          orderId: row.order_id,
          merchantId: row.merchant_id,
          accountId: row.account_id,
          state: row.state,
          paidAmount: row.paid_amount === null ? null : BigInt(row.paid_amount),
          fee: row.fee === null ? null : BigInt(row.fee),
        },
      ]),
    );
  }

  async refunds(shard: OrderShard, wanted: readonly string[]): Promise<ReadonlyMap<string, OurRefund>> {
    const rows = await everywhere<RefundRow>(
      shard,
      'refunds',
      wanted,
      '`id`, `order_id`, `merchant_id`, `attempt_id`, `account_id`, `state`, `amount`, `fee`',
    );
    return new Map(
      rows.map((row) => [
        row.id,
        {
          id: row.id,
          orderId: row.order_id,
          merchantId: row.merchant_id,
          attemptId: row.attempt_id,
          accountId: row.account_id,
          state: row.state,
          amount: BigInt(row.amount),
          fee: BigInt(row.fee),
        },
      ]),
    );
  }
}

interface AttemptRow {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly account_id: string;
  readonly state: payment.AttemptState;
  readonly paid_amount: string | null;
  readonly fee: string | null;
}

interface RefundRow {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly attempt_id: string;
  readonly account_id: string;
  readonly state: payment.RefundState;
  readonly amount: string;
  readonly fee: string;
}

interface OnlyHereRow {
  readonly id: string;
  readonly at: Date;
  readonly attempt_id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly state: string;
  readonly channel_number: string | null;
  readonly amount: string;
  readonly fee: string | null;
}

const ids = (values: readonly (string | null)[]) => values.filter((value) => value !== null);

/** By id, looking into the archive only for what is not among the live ones. */
async function everywhere<Row extends { readonly id: string }>(
  { database, tables, shard }: OrderShard,
  table: 'attempts' | 'refunds',
  wanted: readonly string[],
  columns: string,
): Promise<Row[]> {
  if (wanted.length === 0) return [];
  const select = (name: string, ownIds: readonly string[]) =>
    database.query<Row>(`SELECT ${columns} FROM \`${name}\` WHERE \`id\` IN (?)`, [ownIds]);
  const live = await select(tables[table], wanted);
  const found = new Set(live.map(({ id }) => id));
  const missing = wanted.filter((id) => !found.has(id));
  return missing.length === 0 ? live : [...live, ...(await select(archiveTableNames(shard)[table], missing))];
}

function onlyHere(rows: readonly OnlyHereRow[]): OnlyHere[] {
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    attemptId: row.attempt_id,
    orderId: row.order_id,
    merchantId: row.merchant_id,
    state: row.state,
    channelNumber: row.channel_number,
    amount: BigInt(row.amount),
    fee: row.fee === null ? null : BigInt(row.fee),
  }));
}
