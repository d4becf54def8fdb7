import type { payment } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import { formatYuan } from '#libs/money';
import { rechargeOf, selectOrders, type OrderRow } from '../orders/order-row.js';
import type { OrderShard } from '../orders/order-shards.js';
import { type RefundRow, refundOf, selectRefunds } from '../refunds/refund-row.js';

type Data = Readonly<Record<string, unknown>>;

interface Notice {
  /** The `webhook-id`: the same however often it is sent, and by whomever the change was made. */
  readonly eventId: string;
  readonly type: payment.WebhookEventType;
  readonly merchantId: string;
  readonly orderId: string | null;
  readonly data: Data;
}

/** Queues what the merchant's systems want to hear of an order: in the transaction of the change, and after it. */
export async function tellOfOrder(
  transaction: SqlExecutor,
  shard: OrderShard,
  orderId: string,
  type: Extract<payment.WebhookEventType, `recharge.${string}`>,
): Promise<void> {
  const { webhooks, orders } = shard.tables;
  const listeners = await listenersOf(
    transaction,
    shard,
    `\`${webhooks}\`.\`merchant_id\` = (SELECT \`merchant_id\` FROM \`${orders}\` WHERE \`id\` = ?)`,
    orderId,
    type,
  );
  if (listeners.length === 0) return;
  const [row] = await transaction.query<OrderRow>(`${selectOrders(shard)} WHERE \`o\`.\`id\` = ?`, [orderId]);
  if (!row) throw new Error(`Order ${orderId} is gone in the transaction that changed it`);
  await queue(transaction, shard, listeners, {
    eventId: `${type}.${orderId}`,
    type,
    merchantId: row.merchant_id,
    orderId,
    data: rechargeData(rechargeOf(row)),
  });
}

/** The same of a refund. */
export async function tellOfRefund(
  transaction: SqlExecutor,
  shard: OrderShard,
  refundId: string,
  type: Extract<payment.WebhookEventType, `refund.${string}`>,
): Promise<void> {
  const { webhooks, refunds } = shard.tables;
  const listeners = await listenersOf(
    transaction,
    shard,
    `\`${webhooks}\`.\`merchant_id\` = (SELECT \`merchant_id\` FROM \`${refunds}\` WHERE \`id\` = ?)`,
    refundId,
    type,
  );
  if (listeners.length === 0) return;
  const [row] = await transaction.query<RefundRow>(`${selectRefunds(shard)} WHERE \`r\`.\`id\` = ?`, [
    refundId,
  ]);
  if (!row) throw new Error(`Refund ${refundId} is gone in the transaction that changed it`);
  await queue(transaction, shard, listeners, {
    eventId: `${type}.${refundId}`,
    type,
    merchantId: row.merchant_id,
    orderId: row.order_id,
    data: refundData(refundOf(row)),
  });
}

/** A delivery of a `webhook.test`, to one webhook whatever it wants to hear. */
export function queueTest(
  executor: SqlExecutor,
  shard: OrderShard,
  { id, merchantId }: { readonly id: string; readonly merchantId: string },
  testId: string,
): Promise<void> {
  const type = 'webhook.test';
  const notice = {
    eventId: `${type}.${testId}`,
    type,
    merchantId,
    orderId: null,
    data: { webhookId: id },
  } as const;
  return queue(executor, shard, [id], notice);
}

async function listenersOf(
  executor: SqlExecutor,
  { tables }: OrderShard,
  ofMerchant: string,
  id: string,
  type: payment.WebhookEventType,
): Promise<string[]> {
  const rows = await executor.query<{ id: string }>(
    `SELECT \`id\` FROM \`${tables.webhooks}\` WHERE ${ofMerchant} AND \`enabled\` = 1 AND FIND_IN_SET(?, \`events\`) > 0`,
    [id, type],
  );
  return rows.map((row) => row.id);
}

/** The key over webhook and event makes a second telling of the same change nothing. */
async function queue(
  executor: SqlExecutor,
  { tables }: OrderShard,
  webhookIds: readonly string[],
  { eventId, type, merchantId, orderId, data }: Notice,
): Promise<void> {
  const createdAt = new Date();
  const body = JSON.stringify({ id: eventId, type, createdAt: createdAt.toISOString(), data });
  await executor.write(
    `INSERT INTO \`${tables.webhookDeliveries}\` (\`webhook_id\`, \`merchant_id\`, \`event_id\`, \`event\`, \`order_id\`, \`body\`, \`state\`, \`next_try_at\`, \`created_at\`)
     VALUES ${webhookIds.map(() => "(?, ?, ?, ?, ?, ?, 'PENDING', UTC_TIMESTAMP(3), ?)").join(', ')} ON DUPLICATE KEY UPDATE \`webhook_id\` = \`webhook_id\``,
    webhookIds.flatMap((webhookId) => [webhookId, merchantId, eventId, type, orderId, body, createdAt]),
  );
}

/** As the API shows it, without the ways to pay it. */
function rechargeData({ payUrl, codeUrl, jsapiParameters, ...recharge }: payment.Recharge): Data {
  return {
    ...recharge,
    amount: formatYuan(recharge.amount),
    refundedAmount: formatYuan(recharge.refundedAmount),
    refundingAmount: formatYuan(recharge.refundingAmount),
    offer: recharge.offer && { ...recharge.offer, bonusAmount: formatYuan(recharge.offer.bonusAmount) },
  };
}

function refundData(refund: payment.Refund): Data {
  return { ...refund, amount: formatYuan(refund.amount), bonusAmount: formatYuan(refund.bonusAmount) };
}
