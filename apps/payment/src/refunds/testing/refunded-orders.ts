import { DomainError, type payment } from '#libs/contracts';
import type { OrderIds } from '#libs/orders';
import type { PaidTrade } from '#libs/payments';
import { type NewAttempt, NO_CREDENTIAL, insertAttempt } from '../../attempts/new-attempt.js';
import type { RefundFault } from './memory-channel.js';
import type { RefundFixture } from './refund-fixture.js';

export interface PaidOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly attemptId: string;
  readonly amount: bigint;
}

let lastMerchant = 5_000;
let lastTrade = 0;

export function paidTrade(amount: bigint): PaidTrade {
  lastTrade += 1;
  return {
    state: 'PAID',
    channelTradeNo: `2026112022001${String(lastTrade).padStart(15, '0')}`,
    amount,
    paidAt: new Date('2026-11-20T03:04:05.000Z'),
  };
}

function anAttempt(ids: OrderIds, orderId: string, merchantId: string, amount: bigint): NewAttempt {
  const createdAt = new Date();
  return {
    id: ids.attemptId(orderId),
    orderId,
    merchantId,
    state: 'PENDING',
    channel: 'alipay',
    accountId: 'alipay-main',
    method: 'page',
    amount,
    payer: {},
    credential: NO_CREDENTIAL,
    nextQueryAt: new Date(createdAt.getTime() + 10_000),
    expiresAt: new Date(createdAt.getTime() + 1_800_000),
    createdAt,
  };
}

/** An order that was opened, paid and credited by the code that does so. */
export async function creditedOrder(
  { ids, orders, settlement, credits, channel }: RefundFixture,
  { amount = 50_000_000n, bonus = 0n }: { amount?: bigint; bonus?: bigint } = {},
): Promise<PaidOrder> {
  const merchantId = String((lastMerchant += 1));
  const id = ids.orderId(merchantId);
  const attempt = anAttempt(ids, id, merchantId, amount);
  await orders.insert({
    id,
    merchantId,
    state: 'PAYING',
    idempotencyKey: null,
    requestHash: Buffer.alloc(32, 7),
    amount,
    subject: 'Clearbid recharge',
    createdAt: attempt.createdAt,
    expiresAt: attempt.expiresAt,
    offer: bonus === 0n ? null : { offerId: '7', name: 'Autumn', bonusAmount: bonus },
    attempt,
  });
  const word = { outTradeNo: attempt.id, channel, mismatches: [], source: 'notify' as const };
  await settlement.settle({ ...word, trade: paidTrade(amount) });
  if (!(await credits.markCredited(id, '1234567890123456789', new Date())))
    throw new Error(`Order ${id} was not paid`);
  return { id, merchantId, attemptId: attempt.id, amount };
}

/** One more payment of an order that is paid: as asked, or not. */
export async function secondPayment(
  { ids, shards, settlement, channel }: RefundFixture,
  order: PaidOrder,
  { paid = order.amount, id = ids.attemptId(order.id) }: { paid?: bigint; id?: string } = {},
): Promise<string> {
  const shard = shards.ofId(order.id);
  const attempt = { ...anAttempt(ids, order.id, order.merchantId, order.amount), id };
  await insertAttempt(shard.database, shard, attempt);
  const word = { outTradeNo: attempt.id, channel, mismatches: [], source: 'notify' as const };
  const trade = paidTrade(paid);
  await Promise.all([settlement.settle({ ...word, trade }), settlement.settle({ ...word, trade })]);
  return attempt.id;
}

export interface RefundFacts {
  readonly id: string;
  readonly kind: payment.RefundKind;
  readonly state: payment.RefundState;
  readonly problem: payment.RefundProblem | null;
  readonly settle_transfer_id: string | null;
  readonly next_action_at: Date | null;
}

/** Refunds of an order as they are stored, oldest first. */
export function refundRows({ database, shards }: RefundFixture, orderId: string): Promise<RefundFacts[]> {
  return database.query<RefundFacts>(
    `SELECT \`id\`, \`kind\`, \`state\`, \`problem\`, \`settle_transfer_id\`, \`next_action_at\` FROM \`${shards.ofId(orderId).tables.refunds}\` WHERE \`order_id\` = ? ORDER BY \`id\``,
    [orderId],
  );
}

/** What an order's own figures say: refunded, on its way, bonus taken back. */
export async function figuresOf({ database, shards }: RefundFixture, orderId: string): Promise<bigint[]> {
  const [row] = await database.query<Record<string, string>>(
    `SELECT \`refunded_amount\`, \`refunding_amount\`, \`clawed_back_amount\` FROM \`${shards.ofId(orderId).tables.orderDetails}\` WHERE \`order_id\` = ?`,
    [orderId],
  );
  return Object.values(row ?? {}).map(BigInt);
}

/** How often the wallet was told, at the time of the change, of a refund's end. */
export async function announcementsOf({ database }: RefundFixture, refundId: string): Promise<number> {
  const rows = await database.query(
    "SELECT 1 FROM `outbox` WHERE `aggregate_id` = ? AND `event_name` = 'refund.settled'",
    [refundId],
  );
  return rows.length;
}

/** Lets the time come at which an order's unfinished refunds are taken up again, and takes them up. */
export async function nextRound({ database, shards, sweep }: RefundFixture, orderId: string): Promise<void> {
  const shard = shards.ofId(orderId);
  await database.write(
    `UPDATE \`${shard.tables.refunds}\` SET \`next_action_at\` = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE \`order_id\` = ? AND \`next_action_at\` IS NOT NULL`,
    [orderId],
  );
  await sweep.round(shard);
}

/** What a merchant asks for. */
export function askRefund(
  { service }: RefundFixture,
  order: PaidOrder,
  amount: bigint,
  more: { idempotencyKey?: string; reason?: string; merchantId?: string } = {},
): Promise<payment.Refund> {
  return service.create({
    merchantId: order.merchantId,
    rechargeId: order.id,
    amount,
    reason: 'does not want it',
    ...more,
  });
}

/** A refund of an order of 50 yuan that meets a fault when it is sent. */
export async function refundWith(fixture: RefundFixture, fault: RefundFault, amount = 20_000_000n) {
  const order = await creditedOrder(fixture);
  fixture.channel.faults.push(fault);
  return { order, refund: await askRefund(fixture, order, amount) };
}

/** The codes of what was refused among many requests. */
export function refusalsIn(answers: readonly PromiseSettledResult<unknown>[]): string[] {
  return answers.flatMap((answer) => {
    if (answer.status === 'fulfilled') return [];
    if (answer.reason instanceof DomainError) return [answer.reason.code];
    throw answer.reason;
  });
}
