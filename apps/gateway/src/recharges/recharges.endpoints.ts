import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit, payableAmount } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const recharge = payment.recharge
  .omit({ merchantId: true })
  .extend({
    id,
    outTradeNo: id.meta({ description: "Our number at the channel: the newest attempt's id" }),
    amount,
    refundedAmount: amount,
    channelTradeNo: z
      .string()
      .nullable()
      .meta({ description: "The channel's own number, once it has told us" }),
    payUrl: z.string().nullable().meta({ description: 'Where the buyer goes to pay (page, wap, h5)' }),
    codeUrl: z.string().nullable().meta({ description: 'What the buyer scans (qr, native)' }),
    createdAt: instant,
    expiresAt: instant,
    paidAt: instant.nullable(),
    creditedAt: instant.nullable(),
    closedAt: instant.nullable(),
  })
  .meta({ id: 'Recharge' });

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,80}$/, 'must be 1 to 80 visible ASCII characters')
  .optional()
  .meta({
    description:
      'The same key and body give the same recharge again, for ever; the same key with another body is refused. ' +
      'Without a key, the same recharge within a few seconds is refused.',
  });

export const createRecharge = endpoint({
  permission: 'recharge:create',
  summary: 'Recharge the wallet: open an order at a payment channel',
  status: 201,
  headers: { 'idempotency-key': idempotencyKey },
  body: { amount: payableAmount, channel: payment.channelName, method: payment.payMethod },
  response: recharge,
  errors: payment.createRecharge.errors,
});

export const listRecharges = endpoint({
  permission: 'recharge:read',
  summary: 'Recharges of this merchant, newest first',
  query: {
    state: payment.orderState.optional(),
    channel: payment.channelName.optional(),
    createdFrom: instant.optional(),
    createdTo: instant.optional(),
    cursor,
    limit,
  },
  response: pageOf(recharge, 'Recharge'),
});

export const getRecharge = endpoint({
  permission: 'recharge:read',
  summary: 'One recharge',
  params: { id },
  response: recharge,
  errors: payment.getRecharge.errors,
});

export const closeRecharge = endpoint({
  permission: 'recharge:close',
  summary: 'Close a recharge that was not paid',
  description: 'It is closed at the channel first; a payment that comes in the meantime wins.',
  params: { id },
  response: recharge,
  errors: payment.closeRecharge.errors,
});
