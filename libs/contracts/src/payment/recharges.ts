import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, nothing, pageOf, pageSize } from '../fields.js';
import { channelName, orderState, payMethod, recharge } from './recharge.js';

/** What a channel wants to know of the buyer, depending on the method. */
const payer = {
  /** `jsapi`: who the buyer is to our WeChat application. */
  payerOpenId: z.string().min(1).max(128).optional(),
  /** `h5`: the buyer's IP address, as the gateway saw it. */
  payerAddress: z.string().min(1).max(45).optional(),
};

/** The answer comes in 3 s at most: a recharge without a way to pay is still waiting for it, and `order.changed` tells. */
export const createRecharge = rpc('payment.create-recharge', {
  request: z.object({
    merchantId: id,
    amount: micros,
    channel: channelName,
    method: payMethod,
    ...payer,
    /** The offer to take, from `payment.quote-offers`; fixed in the order. */
    offerId: id.optional(),
    /** The same key and body give the same order again, for ever; the same key with another body is refused. */
    idempotencyKey: z.string().min(1).max(80).optional(),
  }),
  response: recharge,
  errors: [
    'AMOUNT_OUT_OF_RANGE',
    'CHANNEL_UNAVAILABLE',
    'METHOD_NOT_SUPPORTED',
    'DUPLICATE_SUBMIT',
    'IDEMPOTENCY_KEY_REUSED',
    'OFFER_NOT_AVAILABLE',
  ],
});

/** Another way to pay the same order: a new attempt, beside those that the buyer may still have open. */
export const openAttempt = rpc('payment.open-attempt', {
  request: z.object({ merchantId: id, id, channel: channelName, method: payMethod, ...payer }),
  response: recharge,
  errors: ['RECHARGE_NOT_FOUND', 'RECHARGE_NOT_PAYABLE', 'CHANNEL_UNAVAILABLE', 'METHOD_NOT_SUPPORTED'],
});

export const getRecharge = rpc('payment.get-recharge', {
  request: z.object({ merchantId: id, id }),
  response: recharge,
  errors: ['RECHARGE_NOT_FOUND'],
});

export const listRecharges = rpc('payment.list-recharges', {
  request: z.object({
    merchantId: id,
    state: orderState.optional(),
    channel: channelName.optional(),
    createdFrom: instant.optional(),
    createdTo: instant.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(recharge),
});

/** Closes at the channel first, and only then here; a payment that comes in the meantime wins. */
export const closeRecharge = rpc('payment.close-recharge', {
  request: z.object({ merchantId: id, id }),
  response: recharge,
  errors: ['RECHARGE_NOT_FOUND', 'RECHARGE_NOT_CLOSABLE', 'CHANNEL_UNAVAILABLE'],
});

export const ping = rpc('payment.ping', { request: nothing, response: nothing });
