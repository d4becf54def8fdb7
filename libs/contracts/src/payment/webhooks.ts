import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, nothing, pageOf, pageSize } from '../fields.js';

/** What a merchant's own system can be told. */
export const webhookEventType = z.enum([
  'recharge.paid',
  'recharge.credited',
  'recharge.closed',
  'refund.succeeded',
  'refund.failed',
  'webhook.test',
]);
export type WebhookEventType = z.output<typeof webhookEventType>;

export const webhook = z.object({
  id,
  merchantId: id,
  url: z.string(),
  events: z.array(webhookEventType),
  enabled: z.boolean(),
  /** Until when deliveries carry a second signature, with the secret before the last rotation. */
  previousSecretUntil: instant.nullable(),
  createdAt: instant,
});
export type Webhook = z.output<typeof webhook>;

const events = z.array(webhookEventType.exclude(['webhook.test'])).min(1);
const url = z.url({ protocol: /^https?$/ }).max(500);
/** Shown once, when it is made: `whsec_` and 32 random bytes in base64. */
const secret = z.string();

export const createWebhook = rpc('payment.create-webhook', {
  request: z.object({ merchantId: id, url, events }),
  response: z.object({ webhook, secret }),
  errors: ['WEBHOOK_ADDRESS_REFUSED', 'WEBHOOK_LIMIT_REACHED'],
});

export const listWebhooks = rpc('payment.list-webhooks', {
  request: z.object({ merchantId: id }),
  response: z.object({ items: z.array(webhook) }),
});

export const updateWebhook = rpc('payment.update-webhook', {
  request: z.object({
    merchantId: id,
    id,
    url: url.optional(),
    events: events.optional(),
    enabled: z.boolean().optional(),
  }),
  response: webhook,
  errors: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_ADDRESS_REFUSED'],
});

export const deleteWebhook = rpc('payment.delete-webhook', {
  request: z.object({ merchantId: id, id }),
  response: nothing,
  errors: ['WEBHOOK_NOT_FOUND'],
});

/** A new secret; for 24 h deliveries are signed with both, so that the receiver can change over. */
export const rotateWebhookSecret = rpc('payment.rotate-webhook-secret', {
  request: z.object({ merchantId: id, id }),
  response: z.object({ webhook, secret }),
  errors: ['WEBHOOK_NOT_FOUND'],
});

/** Sends a `webhook.test` at once. */
export const testWebhook = rpc('payment.test-webhook', {
  request: z.object({ merchantId: id, id }),
  response: nothing,
  errors: ['WEBHOOK_NOT_FOUND'],
});

/** `PENDING → DELIVERED`, or `EXHAUSTED` after 24 h of tries; a manual resend makes it PENDING again. */
export const deliveryState = z.enum(['PENDING', 'DELIVERED', 'EXHAUSTED']);

export const webhookDelivery = z.object({
  id,
  webhookId: id,
  event: webhookEventType,
  rechargeId: id.nullable(),
  state: deliveryState,
  tries: z.number().int(),
  nextTryAt: instant.nullable(),
  /** Of the last try: the status, or why there was none. */
  lastStatus: z.number().int().nullable(),
  lastError: z.string().nullable(),
  createdAt: instant,
  deliveredAt: instant.nullable(),
});
export type WebhookDelivery = z.output<typeof webhookDelivery>;

export const listDeliveries = rpc('payment.list-deliveries', {
  request: z.object({
    merchantId: id,
    webhookId: id.optional(),
    state: deliveryState.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(webhookDelivery),
});

export const resendDelivery = rpc('payment.resend-delivery', {
  request: z.object({ merchantId: id, id }),
  response: webhookDelivery,
  errors: ['DELIVERY_NOT_FOUND'],
});
