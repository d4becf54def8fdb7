import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';
import { recharge, storyEvent, storyLimit } from '../recharges/recharges.endpoints.js';
import { refund } from '../refunds/refunds.endpoints.js';

const order = recharge.extend({ merchantId: id }).meta({ id: 'Order' });

const duplicate = payment.duplicate
  .extend({
    attemptId: id,
    orderId: id,
    merchantId: id,
    amount,
    paidAt: instant,
    refundId: id.nullable(),
  })
  .meta({ id: 'DuplicatePayment' });

export const searchOrders = endpoint({
  permission: 'order:read-any',
  summary: 'Orders of all merchants, newest first',
  query: {
    number: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'must be a number of ours or of a channel')
      .optional()
      .meta({ description: "An order's, attempt's or refund's id, or the channel's own trade number" }),
    merchantId: id.optional(),
    state: payment.orderState.optional(),
    channel: payment.channelName.optional(),
    createdFrom: instant.optional(),
    createdTo: instant.optional(),
    cursor,
    limit,
  },
  response: pageOf(order, 'Order'),
});

export const listOrderEvents = endpoint({
  permission: 'order:read-any',
  summary: 'Everything that happened to an order, oldest first',
  params: { id },
  query: { cursor, limit: storyLimit },
  response: pageOf(storyEvent, 'RechargeEvent'),
  errors: payment.getRechargeEvents.errors,
});

export const searchRefunds = endpoint({
  permission: 'refund:read-any',
  summary: 'Refunds of all merchants, newest first',
  query: {
    kind: payment.refundKind.optional(),
    state: payment.refundState.optional(),
    withProblem: z
      .stringbool()
      .optional()
      .meta({
        description: 'Only those that wait for somebody, or failed',
        wire: { type: 'boolean' },
      }),
    cursor,
    limit,
  },
  response: pageOf(refund, 'Refund'),
});

export const listDuplicates = endpoint({
  permission: 'payment-conflict:read',
  summary: 'Second payments of one order: given back by themselves',
  query: { cursor, limit },
  response: pageOf(duplicate, 'DuplicatePayment'),
});

export const refundConflict = endpoint({
  permission: 'payment-conflict:settle',
  summary: 'Give a payment that was not as asked back to who paid it',
  params: { attemptId: id },
  body: { reason: z.string().trim().min(3).max(80) },
  response: refund,
  errors: payment.refundConflict.errors,
});
