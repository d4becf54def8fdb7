import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, integerText, limit, payableAmount } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

export const recharge = payment.recharge
  .omit({ merchantId: true })
  .extend({
    id,
    outTradeNo: id.meta({ description: "Our number at the channel: the newest attempt's id" }),
    amount,
    refundedAmount: amount.meta({ description: 'Given back for good' }),
    refundingAmount: amount.meta({ description: 'Asked to be given back, not decided yet' }),
    channelTradeNo: z
      .string()
      .nullable()
      .meta({ description: "The channel's own number, once it has told us" }),
    payUrl: z.string().nullable().meta({ description: 'Where the buyer goes to pay (page, wap, h5)' }),
    jsapiParameters: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'What `WeixinJSBridge` is called with (jsapi), ready signed' }),
    offer: payment.chosenOffer
      .extend({ offerId: id, bonusAmount: amount })
      .nullable()
      .meta({ description: 'Chosen with the order and fixed in it' }),
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

const wayToPay = {
  channel: payment.channelName,
  method: payment.payMethod,
  payerOpenId: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'Who the buyer is to our WeChat application (jsapi)' }),
};

const WAITING = {
  description: 'Stored, but the channel has not answered yet: `recharge.changed` tells when it can be paid',
  schema: recharge,
};

export const createRecharge = endpoint({
  permission: 'recharge:create',
  summary: 'Recharge the wallet: open an order at a payment channel',
  status: 201,
  headers: { 'idempotency-key': idempotencyKey },
  body: {
    amount: payableAmount,
    ...wayToPay,
    offerId: id.optional().meta({ description: 'One of `GET /v1/recharge-offers`' }),
  },
  response: recharge,
  otherResponses: { 202: WAITING },
  errors: payment.createRecharge.errors,
});

export const openAttempt = endpoint({
  permission: 'recharge:create',
  summary: 'Another way to pay the same recharge',
  description: 'What is open by that way already is given again. Whichever is paid first counts.',
  status: 201,
  params: { id },
  body: wayToPay,
  response: recharge,
  otherResponses: { 202: WAITING },
  errors: payment.openAttempt.errors,
});

export const listPayMethods = endpoint({
  permission: 'recharge:read',
  summary: 'The channels and methods that can be chosen now',
  response: z
    .object({
      items: z.array(z.object({ channel: payment.channelName, methods: z.array(payment.payMethod) })),
    })
    .meta({ id: 'PayMethods' }),
});

export const storyEvent = payment.storyEvent
  .extend({
    at: instant,
    attemptId: id.nullable(),
    refundId: id.nullable(),
    facts: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .meta({ description: 'For people: amounts in yuan, times in ISO 8601' }),
  })
  .meta({ id: 'RechargeEvent' });

/** A story is read as a whole: it is short, and bounded by what can happen to one order. */
export const storyLimit = integerText(1, 200).default(200);

export const listRechargeEvents = endpoint({
  permission: 'recharge:read',
  summary: 'Everything that happened to a recharge, oldest first',
  params: { id },
  query: { cursor, limit: storyLimit },
  response: pageOf(storyEvent, 'RechargeEvent'),
  errors: payment.getRechargeEvents.errors,
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
