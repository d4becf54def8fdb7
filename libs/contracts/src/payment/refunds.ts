import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, micros, pageOf, pageSize } from '../fields.js';
import { refund, refundKind, refundState } from './refund.js';

/**
 * Gives a part or all of a credited recharge back to the buyer. The amount is held in the wallet before the channel is
 * asked; the answer is the refund as it stands within 3 s: SUCCEEDED, or PROCESSING, and `refund.changed` tells the rest.
 */
export const createRefund = rpc('payment.create-refund', {
  request: z.object({
    merchantId: id,
    rechargeId: id,
    amount: micros,
    reason: z.string().trim().min(1).max(80),
    idempotencyKey: z.string().min(1).max(80).optional(),
  }),
  response: refund,
  errors: [
    'RECHARGE_NOT_FOUND',
    'RECHARGE_NOT_REFUNDABLE',
    'REFUND_EXCEEDS_RECHARGE',
    'AMOUNT_OUT_OF_RANGE',
    'INSUFFICIENT_FUNDS',
    'IDEMPOTENCY_KEY_REUSED',
    'WALLET_BUSY',
  ],
});

export const listRefunds = rpc('payment.list-refunds', {
  request: z.object({ merchantId: id, rechargeId: id }),
  response: z.object({ items: z.array(refund) }),
  errors: ['RECHARGE_NOT_FOUND'],
});

/** Which recharges these refunds are of; refunds that nobody knows are left out. Between services: it asks nobody's permission. */
export const findRefundOrders = rpc('payment.find-refund-orders', {
  request: z.object({ refundIds: z.array(id).min(1).max(100) }),
  response: z.object({ items: z.array(z.object({ refundId: id, rechargeId: id })) }),
});

/** For operators: refunds of all merchants, newest first; `withProblem` for those that wait for somebody. */
export const searchRefunds = rpc('payment.search-refunds', {
  request: z.object({
    kind: refundKind.optional(),
    state: refundState.optional(),
    withProblem: z.boolean().optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(refund),
});
