import type { payment } from '#libs/contracts';
import type { BillLine } from '#libs/payments';
import type { ReconciliationFixture } from './reconciliation-fixture.js';

export const AMOUNT = 50_000_000n;
/** 0.6 % of it, as the contract says. */
export const FEE = 300_000n;

export interface BookedPayment {
  readonly orderId: string;
  readonly attemptId: string;
  readonly merchantId: string;
}

type Books = Pick<ReconciliationFixture, 'ids' | 'shards'>;

let lastMerchant = 5_000;

/** An order of 50 yuan with one attempt, as it stands in our book. */
export async function booked(
  { ids, shards }: Books,
  wish: {
    readonly orderState?: payment.OrderState;
    readonly state?: payment.AttemptState;
    readonly paidAt?: Date | null;
    readonly createdAt?: Date;
    readonly accountId?: string;
    readonly merchantId?: string;
    readonly nextQueryAt?: Date | null;
  } = {},
): Promise<BookedPayment> {
  const merchantId = wish.merchantId ?? String((lastMerchant += 1));
  const orderId = ids.orderId(merchantId);
  const attemptId = ids.attemptId(orderId);
  const { database, tables } = shards.ofId(orderId);
  const state = wish.state ?? 'SUCCEEDED';
  const isPaid = state === 'SUCCEEDED' || state === 'CONFLICTED' || state === 'DUPLICATED';
  const paidAt = isPaid ? (wish.paidAt ?? new Date()) : null;
  const at = wish.createdAt ?? paidAt ?? new Date();
  await database.write(
    `INSERT INTO \`${tables.orders}\` (\`id\`, \`merchant_id\`, \`state\`, \`channel\`, \`request_hash\`, \`created_at\`, \`updated_at\`, \`expires_at\`) VALUES (?, ?, ?, 'alipay', ?, ?, ?, ?)`,
    [orderId, merchantId, wish.orderState ?? (isPaid ? 'CREDITED' : 'PAYING'), Buffer.alloc(32), at, at, at],
  );
  await database.write(
    `INSERT INTO \`${tables.orderDetails}\` (\`order_id\`, \`amount\`, \`method\`, \`subject\`, \`attempt_id\`, \`paid_at\`) VALUES (?, ?, 'page', 'Recharge', ?, ?)`,
    [orderId, AMOUNT, attemptId, paidAt],
  );
  await database.write(
    `INSERT INTO \`${tables.attempts}\` (\`id\`, \`order_id\`, \`merchant_id\`, \`channel\`, \`account_id\`, \`method\`, \`state\`, \`amount\`, \`channel_trade_no\`, \`paid_amount\`, \`fee\`, \`paid_at\`, \`next_query_at\`, \`expires_at\`, \`created_at\`, \`updated_at\`)
     VALUES (?, ?, ?, 'alipay', ?, 'page', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      attemptId,
      orderId,
      merchantId,
      wish.accountId ?? 'alipay-main',
      state,
      AMOUNT,
      isPaid ? tradeNoOf(attemptId) : null,
      isPaid ? AMOUNT : null,
      isPaid ? FEE : null,
      paidAt,
      wish.nextQueryAt ?? null,
      at,
      at,
      at,
    ],
  );
  return { orderId, attemptId, merchantId };
}

/** A refund of 20 yuan. */
export async function bookedRefund(
  { ids, shards }: Books,
  of: BookedPayment,
  wish: { readonly state?: payment.RefundState; readonly succeededAt?: Date | null } = {},
): Promise<string> {
  const id = ids.refundId(of.orderId);
  const { database, tables } = shards.ofId(id);
  const state = wish.state ?? 'SUCCEEDED';
  await database.write(
    `INSERT INTO \`${tables.refunds}\` (\`id\`, \`order_id\`, \`attempt_id\`, \`merchant_id\`, \`kind\`, \`state\`, \`channel\`, \`account_id\`, \`amount\`, \`reason\`, \`request_hash\`, \`succeeded_at\`, \`next_action_at\`, \`created_at\`, \`updated_at\`)
     VALUES (?, ?, ?, ?, 'merchant', ?, 'alipay', 'alipay-main', 20000000, 'as wished', ?, ?, NULL, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [id, of.orderId, of.attemptId, of.merchantId, state, Buffer.alloc(32), wish.succeededAt ?? null],
  );
  return id;
}

export const tradeNoOf = (number: string) => `2026${number}`;

export function paymentLine(outTradeNo: string, wish: Partial<BillLine> = {}): BillLine {
  return {
    kind: 'payment',
    outTradeNo,
    channelTradeNo: tradeNoOf(outTradeNo),
    outRefundNo: null,
    channelRefundNo: null,
    amount: AMOUNT,
    fee: FEE,
    at: new Date('2026-11-18T04:00:00Z'),
    status: 'SUCCESS',
    ...wish,
  };
}

export function refundLine(outTradeNo: string, outRefundNo: string, wish: Partial<BillLine> = {}): BillLine {
  return {
    ...paymentLine(outTradeNo),
    kind: 'refund',
    outRefundNo,
    amount: 20_000_000n,
    fee: 0n,
    ...wish,
  };
}
