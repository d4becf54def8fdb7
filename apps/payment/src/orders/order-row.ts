import { type payment } from '#libs/contracts';
import type { OrderShard } from './order-shards.js';

/** An order with its details and its newest attempt, as the database gives it. */
export interface OrderRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly state: payment.OrderState;
  readonly channel: payment.ChannelName;
  readonly account_id: string;
  readonly request_hash: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly amount: string;
  readonly refunded_amount: string;
  readonly refunding_amount: string;
  readonly paid_late: number;
  readonly offer_id: string | null;
  readonly offer_name: string | null;
  readonly bonus_amount: string;
  readonly in_conflict: number;
  readonly method: payment.PayMethod;
  readonly subject: string;
  readonly attempt_id: string;
  readonly attempt_state: payment.AttemptState;
  readonly paid_at: Date | null;
  readonly credited_at: Date | null;
  readonly closed_at: Date | null;
  readonly pay_url: string | null;
  readonly code_url: string | null;
  readonly jsapi_parameters: unknown;
  readonly channel_trade_no: string | null;
}

/**
 * `SELECT … FROM …` of an `OrderRow`; the order is `o`, its details `d`, its newest attempt `a`.
 *
 * @param index that the orders must be read from; the optimizer's choice when empty.
 */
export function selectOrders({ tables }: OrderShard, index = ''): string {
  return `SELECT \`o\`.\`id\`, \`o\`.\`merchant_id\`, \`o\`.\`state\`, \`a\`.\`channel\`, \`a\`.\`account_id\`, \`o\`.\`request_hash\`, \`o\`.\`created_at\`, \`o\`.\`expires_at\`,
      \`d\`.\`amount\`, \`d\`.\`refunded_amount\`, \`d\`.\`refunding_amount\`, \`d\`.\`paid_late\`, \`d\`.\`offer_id\`, \`d\`.\`offer_name\`, \`d\`.\`bonus_amount\`, \`a\`.\`method\`, \`d\`.\`subject\`, \`d\`.\`attempt_id\`, \`d\`.\`paid_at\`, \`d\`.\`credited_at\`, \`d\`.\`closed_at\`,
      \`a\`.\`state\` AS \`attempt_state\`, \`a\`.\`pay_url\`, \`a\`.\`code_url\`, \`a\`.\`jsapi_parameters\`, \`a\`.\`channel_trade_no\`,
      EXISTS (SELECT 1 FROM \`${tables.attempts}\` AS \`c\` WHERE \`c\`.\`order_id\` = \`o\`.\`id\` AND \`c\`.\`state\` = 'CONFLICTED'
        AND NOT EXISTS (SELECT 1 FROM \`${tables.refunds}\` AS \`r\` WHERE \`r\`.\`attempt_id\` = \`c\`.\`id\`)) AS \`in_conflict\`
    FROM \`${tables.orders}\` AS \`o\`${index === '' ? '' : ` FORCE INDEX (\`${index}\`)`}
    JOIN \`${tables.orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
    JOIN \`${tables.attempts}\` AS \`a\` ON \`a\`.\`id\` = \`d\`.\`attempt_id\``;
}

export function rechargeOf(row: OrderRow): payment.Recharge {
  const payable = row.state === 'CREATED' || row.state === 'PAYING';
  return {
    id: row.id,
    merchantId: row.merchant_id,
    state: row.state,
    amount: BigInt(row.amount),
    refundedAmount: BigInt(row.refunded_amount),
    refundingAmount: BigInt(row.refunding_amount),
    channel: row.channel,
    method: row.method,
    outTradeNo: row.attempt_id,
    channelTradeNo: row.channel_trade_no,
    // A way to pay that no longer leads anywhere would only invite a late payment.
    payUrl: payable ? row.pay_url : null,
    codeUrl: payable ? row.code_url : null,
    jsapiParameters: payable ? jsapiParametersOf(row.jsapi_parameters) : null,
    paidLate: row.paid_late === 1,
    inConflict: row.in_conflict === 1,
    offer:
      row.offer_id === null
        ? null
        : { offerId: row.offer_id, name: row.offer_name ?? '', bonusAmount: BigInt(row.bonus_amount) },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    paidAt: row.paid_at,
    creditedAt: row.credited_at,
    closedAt: row.closed_at,
  };
}

/** MySQL gives a JSON column parsed, MariaDB (where it is text) gives it as it was written. */
function jsapiParametersOf(json: unknown): Record<string, string> | null {
  if (json === null) return null;
  return (typeof json === 'string' ? JSON.parse(json) : json) as Record<string, string>;
}
