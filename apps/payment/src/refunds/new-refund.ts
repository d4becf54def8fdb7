import { createHash } from 'node:crypto';
import type { payment } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import { formatYuan } from '#libs/money';
import type { OrderShard } from '../orders/order-shards.js';
import type { NewStoryEvent } from '../story/story.repository.js';

export interface NewRefund {
  readonly id: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly merchantId: string;
  readonly kind: payment.RefundKind;
  readonly channel: payment.ChannelName;
  readonly accountId: string;
  readonly amount: bigint;
  readonly bonusAmount: bigint;
  readonly reason: string;
  readonly requestedBy: string | null;
  readonly idempotencyKey: string | null;
  /** How long until the sweep takes it up, if nobody has by then. */
  readonly dueInMs: number;
}

/** Two requests under one key are the same only if this is. */
export function refundHash(amount: bigint, reason: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([amount.toString(), reason]))
    .digest();
}

/**
 * A merchant's key as it is stored: of any length and in any alphabet, and never one of those by which duplicates and
 * operators' refunds are unique in the same index.
 */
export function merchantKey(idempotencyKey: string): string {
  return `merchant:${createHash('sha256').update(idempotencyKey).digest('hex')}`;
}

export async function insertRefund(
  executor: SqlExecutor,
  { tables }: OrderShard,
  refund: NewRefund,
): Promise<void> {
  await executor.write(
    `INSERT INTO \`${tables.refunds}\` (\`id\`, \`order_id\`, \`attempt_id\`, \`merchant_id\`, \`kind\`, \`state\`, \`channel\`, \`account_id\`, \`amount\`, \`bonus_amount\`, \`reason\`, \`requested_by\`, \`idempotency_key\`, \`request_hash\`, \`next_action_at\`, \`created_at\`, \`updated_at\`)
     VALUES (?, ?, ?, ?, ?, 'REQUESTED', ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [
      refund.id,
      refund.orderId,
      refund.attemptId,
      refund.merchantId,
      refund.kind,
      refund.channel,
      refund.accountId,
      refund.amount,
      refund.bonusAmount,
      refund.reason,
      refund.requestedBy,
      refund.idempotencyKey,
      refundHash(refund.amount, refund.reason),
      refund.dueInMs * 1_000,
    ],
  );
}

/** What its order's story tells of it. */
export function requestedEvent(refund: NewRefund): NewStoryEvent {
  return {
    orderId: refund.orderId,
    kind: 'refund.requested',
    attemptId: refund.attemptId,
    refundId: refund.id,
    channel: refund.channel,
    facts: {
      kind: refund.kind,
      amount: formatYuan(refund.amount),
      bonus: formatYuan(refund.bonusAmount),
      reason: refund.reason,
      by: refund.requestedBy,
    },
  };
}
