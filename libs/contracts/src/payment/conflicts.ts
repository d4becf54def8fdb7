import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';
import { channelName } from './recharge.js';
import { refundState } from './refund.js';

/** An attempt that was paid, but not as asked: nobody is credited until an operator has looked. */
export const conflict = z.object({
  attemptId: id,
  orderId: id,
  merchantId: id,
  channel: channelName,
  channelTradeNo: z.string().nullable(),
  expectedAmount: micros,
  paidAmount: micros.nullable(),
  /** Which of amount, app and seller differ, in words. */
  reason: z.string(),
  detectedAt: instant,
  /** What gave the money back, once an operator has decided so. */
  refundId: id.nullable(),
});
export type Conflict = z.output<typeof conflict>;

export const listConflicts = rpc('payment.list-conflicts', {
  request: z.object({ cursor: cursor.optional(), limit: pageSize.default(20) }),
  response: pageOf(conflict),
});

/** A second payment of an order that had been paid: given back by itself. For operators, newest first. */
export const duplicate = z.object({
  attemptId: id,
  orderId: id,
  merchantId: id,
  channel: channelName,
  channelTradeNo: z.string(),
  amount: micros,
  paidAt: instant,
  refundId: id.nullable(),
  refundState: refundState.nullable(),
});
export type Duplicate = z.output<typeof duplicate>;

export const listDuplicates = rpc('payment.list-duplicates', {
  request: z.object({ cursor: cursor.optional(), limit: pageSize.default(20) }),
  response: pageOf(duplicate),
});
