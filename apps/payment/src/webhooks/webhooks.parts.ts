import { DeliveryRepository } from './delivery.repository.js';
import { WebhookPruning } from './webhook-pruning.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** What the module of payment is made of, as far as webhooks go; its `WebhookConfig` comes from the environment. */
export const WEBHOOK_CONTROLLERS = [WebhooksController];
export const WEBHOOK_PROVIDERS = [
  WebhookRepository,
  DeliveryRepository,
  WebhookSecrets,
  WebhooksService,
  WebhookSender,
  WebhookPruning,
];
