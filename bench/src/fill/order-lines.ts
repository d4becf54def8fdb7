import { encodeId } from '#libs/ids';
import type { FillMerchant } from './population.js';

/** The rows of one order, as `LOAD DATA` reads them: tabs between, a line feed at the end. */
export interface OrderLines {
  readonly orders: string;
  readonly orderDetails: string;
  readonly attempts: string;
  readonly refunds: string;
}

export const LOADED = {
  orders: {
    columns:
      '`id`, `merchant_id`, `state`, `version`, `channel`, `idempotency_key`, `created_at`, `updated_at`, `expires_at`',
    set: "`request_hash` = REPEAT('f', 32)",
  },
  orderDetails: {
    columns:
      '`order_id`, `amount`, `refunded_amount`, `method`, `subject`, `attempt_id`, `paid_at`, `credited_at`, `closed_at`, `transfer_id`',
    set: '',
  },
  attempts: {
    columns:
      '`id`, `order_id`, `merchant_id`, `channel`, `account_id`, `method`, `state`, `amount`, `code_url`, `channel_trade_no`, `paid_amount`, `fee`, `paid_at`, `query_count`, `expires_at`, `created_at`, `updated_at`',
    set: '',
  },
  refunds: {
    columns:
      '`id`, `order_id`, `attempt_id`, `merchant_id`, `kind`, `state`, `channel`, `account_id`, `amount`, `reason`, `hold_transfer_id`, `settle_transfer_id`, `channel_refund_no`, `call_count`, `succeeded_at`, `created_at`, `updated_at`',
    set: "`request_hash` = REPEAT('f', 32)",
  },
} as const satisfies Record<keyof OrderLines, { columns: string; set: string }>;

/** Node numbers that the filler writes into its ids: no replica leases those while nothing runs on that database. */
const NODE = 62;
const ATTEMPT_AFTER_MS = 3;
const REFUND_AFTER_MS = 7;
const EXPIRY_MS = 30 * 60_000;
const MICROS_PER_FEN = 10_000;
const CLOSED_SHARE = 0.06;
const REFUNDED_SHARE = 0.02;
interface Way {
  readonly channel: string;
  readonly account: string;
  readonly method: string;
}
const WAYS: readonly [Way, ...Way[]] = [
  { channel: 'alipay', account: 'alipay-main', method: 'page' },
  { channel: 'alipay', account: 'alipay-main', method: 'qr' },
  { channel: 'alipay', account: 'alipay-second', method: 'wap' },
  { channel: 'wechat', account: 'wechat-main', method: 'native' },
  { channel: 'wechat', account: 'wechat-main', method: 'h5' },
];

/** Writes orders that have ended, 92 % credited, 6 % closed and 2 % refunded in part. */
export class OrderWriter {
  private readonly time = new TimeWriter();
  private readonly ways: readonly Way[];

  /** @param accountId all orders to one channel account, an Alipay one. */
  constructor(
    private readonly random: () => number,
    accountId?: string,
  ) {
    this.ways = accountId === undefined ? WAYS : [{ channel: 'alipay', account: accountId, method: 'page' }];
  }

  /** @param sequence tells orders of one millisecond apart; below 1,024. */
  write(atMs: number, sequence: number, merchant: FillMerchant): OrderLines {
    const { random, time } = this;
    const orderId = encodeId(atMs, NODE, merchant.gene, sequence).toString();
    const attemptId = encodeId(atMs + ATTEMPT_AFTER_MS, NODE, merchant.gene, sequence).toString();
    const way = this.ways[Math.floor(random() * this.ways.length)] ?? WAYS[0];
    const fate = random();
    const isPaid = fate >= CLOSED_SHARE;
    const isRefunded = fate > 1 - REFUNDED_SHARE;
    // From 10 to 50,000 yuan, mostly small.
    const fen = 1_000 + Math.floor(4_999_000 * random() ** 6);
    const amount = fen * MICROS_PER_FEN;
    const refunded = isRefunded ? Math.max(1, Math.floor(fen / 2)) * MICROS_PER_FEN : 0;
    const created = time.write(atMs);
    const expires = time.write(atMs + EXPIRY_MS);
    const ended = isPaid ? time.write(atMs + 15_000 + Math.floor(random() * 60_000)) : expires;
    const state = isPaid ? 'CREDITED' : 'CLOSED';
    const key = random() < 0.5 ? `key-${orderId}` : '\\N';
    const trade = isPaid
      ? `\t2026${attemptId}\t${amount}\t${Math.round((fen * 60) / 10_000) * MICROS_PER_FEN}\t${ended}`
      : '\t\\N\t\\N\t\\N\t\\N';
    return {
      orders: `${orderId}\t${merchant.id}\t${state}\t${isPaid ? 4 : 3}\t${way.channel}\t${key}\t${created}\t${ended}\t${expires}\n`,
      orderDetails: `${orderId}\t${amount}\t${refunded}\t${way.method}\tClearbid recharge\t${attemptId}\t${isPaid ? `${ended}\t${ended}\t\\N\t${attemptId}` : `\\N\t\\N\t${ended}\t\\N`}\n`,
      attempts: `${attemptId}\t${orderId}\t${merchant.id}\t${way.channel}\t${way.account}\t${way.method}\t${isPaid ? 'SUCCEEDED' : 'CLOSED'}\t${amount}\thttps://pay.example/${attemptId}${trade}\t${isPaid ? 1 : 9}\t${expires}\t${created}\t${ended}\n`,
      refunds: isRefunded ? this.refund(atMs, sequence, merchant, { orderId, attemptId, refunded, way }) : '',
    };
  }

  private refund(
    atMs: number,
    sequence: number,
    merchant: FillMerchant,
    of: { orderId: string; attemptId: string; refunded: number; way: Way },
  ): string {
    const id = encodeId(atMs + REFUND_AFTER_MS, NODE, merchant.gene, sequence).toString();
    const at = this.time.write(atMs + 3_600_000);
    return `${id}\t${of.orderId}\t${of.attemptId}\t${merchant.id}\tmerchant\tSUCCEEDED\t${of.way.channel}\t${of.way.account}\t${of.refunded}\tnot needed\t${id}\t${id}\tR${id}\t1\t${at}\t${at}\t${at}\n`;
  }
}

const DAY_MS = 86_400_000;
const two = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

/** `DATETIME(3)` in UTC as text; several times faster than `toISOString`, which is what filling waits for otherwise. */
class TimeWriter {
  private day = -1;
  private date = '';

  write(atMs: number): string {
    const day = Math.floor(atMs / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    }
    const inDay = atMs - day * DAY_MS;
    const ms = inDay % 1_000;
    const seconds = Math.floor(inDay / 1_000);
    const [hour, minute, second] = [
      two[Math.floor(seconds / 3_600)],
      two[Math.floor(seconds / 60) % 60],
      two[seconds % 60],
    ];
    return `${this.date} ${hour}:${minute}:${second}.${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}`;
  }
}
