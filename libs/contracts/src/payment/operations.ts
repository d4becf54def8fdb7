import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, pageOf, pageSize } from '../fields.js';
import { channelAccountId, channelName, orderState, payMethod, recharge } from './recharge.js';
import { refund } from './refund.js';

/** Orders across merchants. `number` is an order's, attempt's or refund's id, or a channel's own trade number. */
export const searchOrders = rpc('payment.search-orders', {
  request: z.object({
    number: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'must be a number of ours or of a channel')
      .optional(),
    merchantId: id.optional(),
    state: orderState.optional(),
    channel: channelName.optional(),
    createdFrom: instant.optional(),
    createdTo: instant.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(recharge),
});

/** Gives a conflicted payment back to whoever paid it. */
export const refundConflict = rpc('payment.refund-conflict', {
  request: z.object({ attemptId: id, operatorId: id, reason: z.string().trim().min(3).max(80) }),
  response: refund,
  errors: ['CONFLICT_NOT_FOUND', 'CONFLICT_ALREADY_SETTLED'],
});

export const circuitState = z.enum(['closed', 'open', 'half_open']);
export type CircuitState = z.output<typeof circuitState>;

/** One of our accounts at a channel, as it is doing now. Counts are over all replicas, of the last minute. */
export const channelAccount = z.object({
  id: channelAccountId,
  channel: channelName,
  enabled: z.boolean(),
  /** Share of new payments, relative to the other enabled accounts of the channel. */
  weight: z.number().int(),
  ratePerSecond: z.number(),
  queued: z.number().int(),
  inFlight: z.number().int(),
  calls: z.number().int(),
  /** Of the calls that could be judged: unknown, refused for its rate, not available. */
  errors: z.number().int(),
  circuit: circuitState,
  circuitReason: z.string().nullable(),
  changedAt: instant.nullable(),
});
export type ChannelAccount = z.output<typeof channelAccount>;

export const listChannelAccounts = rpc('payment.list-channel-accounts', {
  request: z.object({}),
  response: z.object({ items: z.array(channelAccount) }),
});

/** Takes effect on all replicas within seconds. A switched-off account still hears notifies, queries and refunds. */
export const setChannelAccount = rpc('payment.set-channel-account', {
  request: z.object({
    id: channelAccountId,
    operatorId: id,
    enabled: z.boolean().optional(),
    weight: z.number().int().min(0).max(1_000).optional(),
  }),
  response: channelAccount,
  errors: ['CHANNEL_ACCOUNT_NOT_FOUND'],
});

/** The channels and methods that a merchant can choose from now. */
export const listPayMethods = rpc('payment.list-pay-methods', {
  request: z.object({}),
  response: z.object({
    items: z.array(z.object({ channel: channelName, methods: z.array(payMethod) })),
  }),
});
