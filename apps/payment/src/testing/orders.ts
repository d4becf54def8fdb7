import type { payment } from '#libs/contracts';
import type { ChannelTrade } from '#libs/payments';
import type { NewOrder } from '../orders/order.repository.js';
import type { PaymentFixture } from './payment-fixture.js';

const EXPIRY_MS = 30 * 60_000;
export const AMOUNT = 50_000_000n;

/** An order's and its attempt's rows, as they stand. */
export interface StoredOrder {
  readonly state: payment.OrderState;
  readonly version: number;
  readonly credit_due_at: Date | null;
  readonly credited_at: Date | null;
  readonly closed_at: Date | null;
  readonly transfer_id: string | null;
  readonly attempt_state: payment.AttemptState;
  readonly channel_trade_no: string | null;
  readonly paid_amount: string | null;
  readonly conflict_reason: string | null;
  readonly next_query_at: Date | null;
  readonly query_count: number;
  readonly pay_url: string | null;
}

type OrderWish = Partial<Omit<NewOrder, 'attempt'>> & { readonly attempt?: Partial<NewOrder['attempt']> };

let lastMerchant = 1_000;
/** A merchant that nobody else in this file knows. */
export const newMerchant = (): string => String((lastMerchant += 1));

let lastTrade = 0;
/** The channel's word that a trade was paid, under a number of its own. */
export function paidTrade(amount: bigint = AMOUNT): Extract<ChannelTrade, { state: 'PAID' }> {
  lastTrade += 1;
  return {
    state: 'PAID',
    channelTradeNo: `20261120220014${String(lastTrade).padStart(14, '0')}`,
    amount,
    paidAt: new Date('2026-11-20T03:04:05.000Z'),
  };
}

/** An order of 50 yuan that waits for its buyer; not stored yet. */
export function anOrder({ ids }: Pick<PaymentFixture, 'ids'>, wish: OrderWish = {}): NewOrder {
  const merchantId = wish.merchantId ?? newMerchant();
  const id = wish.id ?? ids.orderId(merchantId);
  const createdAt = wish.createdAt ?? new Date();
  return {
    id,
    merchantId,
    state: 'PAYING',
    idempotencyKey: null,
    requestHash: Buffer.alloc(32, 7),
    amount: AMOUNT,
    subject: 'Clearbid recharge 50.00 CNY',
    createdAt,
    expiresAt: new Date(createdAt.getTime() + EXPIRY_MS),
    offer: null,
    ...wish,
    attempt: {
      id: ids.attemptId(id),
      state: 'PENDING',
      channel: 'alipay',
      method: 'page',
      accountId: 'alipay-main',
      payer: {},
      credential: { payUrl: 'http://alipay.test/pay', codeUrl: null, jsapiParameters: null },
      orderId: id,
      merchantId,
      amount: wish.amount ?? AMOUNT,
      createdAt,
      expiresAt: wish.expiresAt ?? new Date(createdAt.getTime() + EXPIRY_MS),
      nextQueryAt: new Date(createdAt.getTime() + 10_000),
      ...wish.attempt,
    },
  };
}

/** The same, stored. */
export async function storedOrder(fixture: PaymentFixture, wish: OrderWish = {}): Promise<NewOrder> {
  const order = anOrder(fixture, wish);
  if (!(await fixture.orders.insert(order))) throw new Error(`Order ${order.id} could not be stored`);
  return order;
}

export async function rowsOf({ shards }: PaymentFixture, orderId: string): Promise<StoredOrder> {
  const { database, tables } = shards.ofId(orderId);
  const [row] = await database.query<StoredOrder>(
    `SELECT \`o\`.\`state\`, \`o\`.\`version\`, \`o\`.\`credit_due_at\`, \`d\`.\`credited_at\`, \`d\`.\`closed_at\`, \`d\`.\`transfer_id\`,
        \`a\`.\`state\` AS \`attempt_state\`, \`a\`.\`channel_trade_no\`, \`a\`.\`paid_amount\`, \`a\`.\`conflict_reason\`,
        \`a\`.\`next_query_at\`, \`a\`.\`query_count\`, \`a\`.\`pay_url\`
       FROM \`${tables.orders}\` AS \`o\`
       JOIN \`${tables.orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
       JOIN \`${tables.attempts}\` AS \`a\` ON \`a\`.\`order_id\` = \`o\`.\`id\`
      WHERE \`o\`.\`id\` = ?`,
    [orderId],
  );
  if (!row) throw new Error(`There is no order ${orderId}`);
  return row;
}

/** What the outbox holds about an order. */
export async function announcementsOf({ database }: PaymentFixture, orderId: string): Promise<unknown[]> {
  const rows = await database.query<{ payload: unknown }>(
    "SELECT `payload` FROM `outbox` WHERE `aggregate_id` = ? AND `event_name` = 'order.paid'",
    [orderId],
  );
  return rows.map(({ payload }) =>
    typeof payload === 'string' ? (JSON.parse(payload) as unknown) : payload,
  );
}
