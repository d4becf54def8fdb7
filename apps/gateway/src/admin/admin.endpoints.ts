import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const paymentConflict = payment.conflict
  .extend({
    attemptId: id,
    orderId: id,
    merchantId: id,
    expectedAmount: amount,
    paidAmount: amount.nullable(),
    reason: z.string().meta({ description: 'Which of amount, app and seller differ' }),
    detectedAt: instant,
    refundId: id.nullable().meta({ description: 'What gave the money back, once an operator decided so' }),
  })
  .meta({ id: 'PaymentConflict' });

export const listPaymentConflicts = endpoint({
  permission: 'payment-conflict:read',
  summary: 'Payments that were made, but not as asked: nobody was credited',
  query: { cursor, limit },
  response: pageOf(paymentConflict, 'PaymentConflict'),
});

/** The services that take events, and so may leave dead letters. */
const subscriber = z.enum(['gateway', 'identity', 'payment', 'wallet', 'withdrawal']);

const deadLetterId = z
  .string()
  .regex(/^\d{1,16}-\d{1,10}$/, 'must be the id of a dead letter')
  .meta({ wire: { examples: ['1763625600000-0'] } });

const deadLetter = z
  .object({
    id: deadLetterId,
    service: subscriber,
    event: z.string().meta({ wire: { examples: ['order.paid'] } }),
    eventId: z.string().meta({ description: "The event's own id, the same at every delivery" }),
    reason: z.string().meta({ description: 'Why the last delivery failed' }),
    deliveries: z.number().int().min(1),
    failedAt: instant,
    payload: z.unknown().meta({ description: 'The message as it was sent' }),
  })
  .meta({ id: 'DeadLetter' });

export const listDeadLetters = endpoint({
  permission: 'dead-letter:read',
  summary: 'Events that a service could not handle',
  query: { service: subscriber, cursor: deadLetterId.optional(), limit },
  response: pageOf(deadLetter, 'DeadLetter'),
});

export const replayDeadLetter = endpoint({
  permission: 'dead-letter:replay',
  summary: 'Hand an event to its service once more',
  params: { service: subscriber, id: deadLetterId },
  errors: ['NOT_FOUND'],
});
