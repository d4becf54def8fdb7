import { z } from 'zod';
import { event } from '../contract.js';
import { id, instant, micros } from '../fields.js';
import { channelName, orderState } from './recharge.js';

/**
 * The channel has the buyer's money for this order. Goes through the outbox, and is sent again until
 * `transfer.posted` comes back: the wallet must expect it any number of times.
 */
export const orderPaid = event(
  'order.paid',
  z.object({
    orderId: id,
    attemptId: id,
    merchantId: id,
    amount: micros,
    /** What the channel keeps of `amount`; 0 ≤ fee ≤ amount. */
    fee: micros,
    channel: channelName,
    channelTradeNo: z.string(),
    paidAt: instant,
  }),
);

/** A hint for open pages that an order looks different now. Not in the outbox: losing one loses nothing. */
export const orderChanged = event(
  'order.changed',
  z.object({ orderId: id, merchantId: id, state: orderState }),
);
