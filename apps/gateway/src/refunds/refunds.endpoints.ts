import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, id, instant, payableAmount } from '../edge/wire-fields.js';
import { endpoint } from '../endpoint/endpoint.js';

export const refund = payment.refund
  .extend({
    id: id.meta({ description: 'Also our number at the channel' }),
    rechargeId: id,
    attemptId: id,
    merchantId: id,
    amount,
    bonusAmount: amount.meta({ description: "What of the recharge's bonus is taken back with it" }),
    problemMessage: z.string().nullable().meta({ description: 'Why it waits or failed, for a person' }),
    createdAt: instant,
    updatedAt: instant,
    succeededAt: instant.nullable(),
  })
  .meta({ id: 'Refund' });

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,80}$/, 'must be 1 to 80 visible ASCII characters')
  .optional()
  .meta({ description: 'The same key and body give the same refund again, for ever' });

export const createRefund = endpoint({
  permission: 'refund:create',
  summary: 'Give a part or all of a recharge back to who paid it',
  description:
    'The amount is held in the wallet before the channel is asked. What takes the channel longer than a few seconds is ' +
    'PROCESSING; `recharge.changed` tells when it has ended.',
  status: 201,
  params: { id },
  headers: { 'idempotency-key': idempotencyKey },
  body: { amount: payableAmount, reason: z.string().trim().min(1).max(80) },
  response: refund,
  errors: payment.createRefund.errors,
});

export const listRefunds = endpoint({
  permission: 'recharge:read',
  summary: 'The refunds of a recharge, oldest first',
  params: { id },
  response: z.object({ items: z.array(refund) }).meta({ id: 'Refunds' }),
  errors: payment.listRefunds.errors,
});
