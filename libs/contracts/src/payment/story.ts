import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, pageOf } from '../fields.js';
import { channelName } from './recharge.js';

/** What can happen to an order. The page has a sentence for each. */
export const storyKind = z.enum([
  'order.created',
  'order.paying',
  'order.paid',
  'order.credited',
  'order.closed',
  'attempt.opened',
  'attempt.ready',
  'attempt.failed',
  'attempt.succeeded',
  'attempt.closed',
  'attempt.conflicted',
  'attempt.duplicated',
  'channel.called',
  'notify.accepted',
  'notify.refused',
  'credit.announced-again',
  'refund.requested',
  'refund.held',
  'refund.sent',
  'refund.succeeded',
  'refund.failed',
  'refund.settled',
  'reconciliation.difference',
  'reconciliation.settled',
]);
export type StoryKind = z.output<typeof storyKind>;

/** One thing that happened to an order. `facts` are for people: no secrets, amounts in yuan, ISO times. */
export const storyEvent = z.object({
  id: z.string(),
  at: instant,
  kind: storyKind,
  attemptId: id.nullable(),
  refundId: id.nullable(),
  channel: channelName.nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type StoryEvent = z.output<typeof storyEvent>;

/** Everything that happened to an order, oldest first. Without `merchantId` an operator asks. */
export const getRechargeEvents = rpc('payment.get-recharge-events', {
  request: z.object({
    merchantId: id.optional(),
    id,
    cursor: cursor.optional(),
    limit: z.number().int().min(1).max(200).default(200),
  }),
  response: pageOf(storyEvent),
  errors: ['RECHARGE_NOT_FOUND'],
});
