import { z } from 'zod';
import { event } from '../contract.js';
import { id, instant, micros } from '../fields.js';
import { channelAccountId, channelName, orderState } from './recharge.js';
import { refundKind, refundState } from './refund.js';

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
    /** What the channel keeps of `amount`, as far as we know before its bill; 0 ≤ fee ≤ amount. */
    fee: micros,
    /** Granted with the credit, into the bonus account; 0 without an offer. */
    bonus: micros.default(0n),
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

/**
 * The channel has a buyer's money that pays no order: paid twice, or not as asked. It waits in the ledger's suspense
 * account until it is given back. Through the outbox; the wallet books it once per attempt.
 */
export const moneyUnowned = event(
  'money.unowned',
  z.object({
    attemptId: id,
    orderId: id,
    amount: micros,
    fee: micros,
    channel: channelName,
    channelTradeNo: z.string(),
  }),
);

/**
 * A refund has ended at the channel: the wallet takes what it held, or lets it go. Through the outbox, and sent again
 * until `transfer.posted` (of the refund's settlement or release) comes back.
 */
export const refundSettled = event(
  'refund.settled',
  z.object({
    refundId: id,
    orderId: id,
    attemptId: id,
    merchantId: id,
    kind: refundKind,
    outcome: z.enum(['SUCCEEDED', 'FAILED']),
    amount: micros,
    channel: channelName,
    /** The channel's own number of the refund, when it succeeded. */
    channelRefundNo: z.string().nullable(),
  }),
);

/**
 * What the bill says that a payment or refund cost, where it differs from what was booked: `difference` = fee of the
 * bill − fee booked so far, never zero. Through the outbox; booked once per `key`.
 */
export const feeCorrected = event(
  'fee.corrected',
  z.object({
    /** Of this correction alone: a later bill may correct the same fee again. */
    key: z.string().max(80),
    /** `<channel account>:<payment|refund>:<number>`: all corrections of one fee together. */
    subject: z.string().max(80),
    channel: channelName,
    accountId: channelAccountId,
    difference: micros,
    billDate: z.iso.date(),
  }),
);

/**
 * Two operators have written off a difference with a channel. `amount` > 0: the channel has more of our money than the
 * book says; < 0: less. Booked against the clearing account, once per difference.
 */
export const differenceWrittenOff = event(
  'difference.written-off',
  z.object({ differenceId: id, channel: channelName, amount: micros, reason: z.string() }),
);

/** A channel account's circuit has opened or closed: operators are told. Not in the outbox: it is measured anew. */
export const channelCircuitChanged = event(
  'channel.circuit-changed',
  z.object({
    accountId: channelAccountId,
    channel: channelName,
    circuit: z.enum(['closed', 'open', 'half_open']),
    reason: z.string(),
  }),
);

/** A hint for open pages that a refund looks different now. Not in the outbox: losing one loses nothing. */
export const refundChanged = event(
  'refund.changed',
  z.object({ refundId: id, orderId: id, merchantId: id, state: refundState }),
);
