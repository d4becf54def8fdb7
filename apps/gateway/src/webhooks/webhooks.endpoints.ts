import { payment } from '#libs/contracts';
import { z } from 'zod';
import { cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const webhook = payment.webhook
  .extend({
    id,
    merchantId: id,
    previousSecretUntil: instant
      .nullable()
      .meta({ description: 'Until then deliveries are signed with the secret before the last change, too' }),
    createdAt: instant,
  })
  .meta({ id: 'Webhook' });

const withSecret = z
  .object({
    webhook,
    secret: z.string().meta({ description: 'Shown this once: what deliveries are signed with' }),
  })
  .meta({ id: 'WebhookWithSecret' });

const delivery = payment.webhookDelivery
  .extend({
    id,
    webhookId: id,
    rechargeId: id.nullable(),
    nextTryAt: instant.nullable(),
    createdAt: instant,
    deliveredAt: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

const url = z.url({ protocol: /^https?$/ }).max(500);
const events = z.array(payment.webhookEventType.exclude(['webhook.test'])).min(1);

export const createWebhook = endpoint({
  permission: 'webhook:manage',
  summary: 'Have a system of your own told what happens',
  status: 201,
  body: { url, events },
  response: withSecret,
  errors: payment.createWebhook.errors,
});

export const listWebhooks = endpoint({
  permission: 'webhook:manage',
  summary: 'Webhooks of this merchant',
  response: z.object({ items: z.array(webhook) }).meta({ id: 'Webhooks' }),
});

export const updateWebhook = endpoint({
  permission: 'webhook:manage',
  summary: 'Change a webhook',
  params: { id },
  body: { url: url.optional(), events: events.optional(), enabled: z.boolean().optional() },
  response: webhook,
  errors: payment.updateWebhook.errors,
});

export const deleteWebhook = endpoint({
  permission: 'webhook:manage',
  summary: 'Remove a webhook',
  params: { id },
  errors: payment.deleteWebhook.errors,
});

export const rotateWebhookSecret = endpoint({
  permission: 'webhook:manage',
  summary: 'A new secret; the old one signs along for 24 hours',
  params: { id },
  response: withSecret,
  errors: payment.rotateWebhookSecret.errors,
});

export const testWebhook = endpoint({
  permission: 'webhook:manage',
  summary: 'Send a `webhook.test` at once',
  params: { id },
  errors: payment.testWebhook.errors,
});

export const listDeliveries = endpoint({
  permission: 'webhook:manage',
  summary: 'What was sent, or is still to be sent, newest first',
  query: { webhookId: id.optional(), state: payment.deliveryState.optional(), cursor, limit },
  response: pageOf(delivery, 'WebhookDelivery'),
});

export const resendDelivery = endpoint({
  permission: 'webhook:manage',
  summary: 'Send once more, now',
  params: { id },
  response: delivery,
  errors: payment.resendDelivery.errors,
});
