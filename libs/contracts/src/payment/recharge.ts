import { z } from 'zod';
import { id, instant, micros } from '../fields.js';

export const channelName = z.enum(['alipay', 'wechat']);
export type ChannelName = z.output<typeof channelName>;

export const payMethod = z.enum(['page', 'wap', 'qr', 'native', 'h5', 'jsapi']);
export type PayMethod = z.output<typeof payMethod>;

/** `CREATED → PAYING → PAID → CREDITED`; `PAYING → CLOSED`, and `CLOSED → PAID` when the money comes late. */
export const orderState = z.enum(['CREATED', 'PAYING', 'PAID', 'CREDITED', 'CLOSED']);
export type OrderState = z.output<typeof orderState>;

/**
 * `CONFLICTED`: paid, but amount, app or seller differ from what was asked; never credited by itself.
 * `DUPLICATED`: paid as asked, but another attempt had paid the order before: given back by itself.
 */
export const attemptState = z.enum([
  'CREATED',
  'PENDING',
  'SUCCEEDED',
  'CLOSED',
  'FAILED',
  'CONFLICTED',
  'DUPLICATED',
]);
export type AttemptState = z.output<typeof attemptState>;

/** One of our accounts at a channel (an Alipay application, a WeChat merchant), as the configuration names it. */
export const channelAccountId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a channel account: lower-case letters, digits and hyphens');

/** The offer that was chosen with the order, as it was then: later changes of the offer don't reach it. */
export const chosenOffer = z.object({
  offerId: id,
  name: z.string(),
  /** Granted with the credit, into the bonus account. */
  bonusAmount: micros,
});
export type ChosenOffer = z.output<typeof chosenOffer>;

export const recharge = z.object({
  id,
  merchantId: id,
  state: orderState,
  amount: micros,
  /** Given back to the buyer for good. */
  refundedAmount: micros,
  /** Asked to be given back, and not decided yet. refunded + refunding ≤ amount. */
  refundingAmount: micros,
  channel: channelName,
  method: payMethod,
  /** The id of the newest attempt: what the channel calls `out_trade_no`. */
  outTradeNo: id,
  /** The channel's own number, once it has told us. */
  channelTradeNo: z.string().nullable(),
  /** Where the buyer's browser goes to pay (page, wap, h5). */
  payUrl: z.string().nullable(),
  /** What the buyer scans (qr, native). */
  codeUrl: z.string().nullable(),
  /** What `WeixinJSBridge` is called with (jsapi), ready signed. */
  jsapiParameters: z.record(z.string(), z.string()).nullable(),
  /** The money came after the order had been closed; it was credited all the same. */
  paidLate: z.boolean(),
  /** A payment arrived that is not as asked: an operator looks at it, and the buyer need not pay again. */
  inConflict: z.boolean(),
  offer: chosenOffer.nullable(),
  createdAt: instant,
  expiresAt: instant,
  paidAt: instant.nullable(),
  creditedAt: instant.nullable(),
  closedAt: instant.nullable(),
});
export type Recharge = z.output<typeof recharge>;
