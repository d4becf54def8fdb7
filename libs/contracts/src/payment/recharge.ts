import { z } from 'zod';
import { id, instant, micros } from '../fields.js';

export const channelName = z.enum(['alipay', 'wechat']);
export type ChannelName = z.output<typeof channelName>;

export const payMethod = z.enum(['page', 'wap', 'qr', 'native', 'h5', 'jsapi']);
export type PayMethod = z.output<typeof payMethod>;

/** `CREATED → PAYING → PAID → CREDITED`; `PAYING → CLOSED`, and `CLOSED → PAID` when the money comes late. */
export const orderState = z.enum(['CREATED', 'PAYING', 'PAID', 'CREDITED', 'CLOSED']);
export type OrderState = z.output<typeof orderState>;

/** `CONFLICTED`: paid, but amount, app or seller differ from what was asked; never credited by itself. */
export const attemptState = z.enum(['CREATED', 'PENDING', 'SUCCEEDED', 'CLOSED', 'FAILED', 'CONFLICTED']);
export type AttemptState = z.output<typeof attemptState>;

export const recharge = z.object({
  id,
  merchantId: id,
  state: orderState,
  amount: micros,
  refundedAmount: micros,
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
  createdAt: instant,
  expiresAt: instant,
  paidAt: instant.nullable(),
  creditedAt: instant.nullable(),
  closedAt: instant.nullable(),
});
export type Recharge = z.output<typeof recharge>;
