import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, type payment } from '#libs/contracts';
import { OrderIds } from '#libs/orders';
import { Log } from '#libs/service';
import { OrderShards } from '../orders/order-shards.js';
import { DeliveryRepository } from './delivery.repository.js';
import { whyRefused } from './webhook-addresses.js';
import { queueTest } from './webhook-notices.js';
import { deliveryOf, webhookOf } from './webhook-row.js';
import { newSecret, WebhookSecrets } from './webhook-secrets.js';
import { WebhookConfig } from './webhook.config.js';
import { WebhookRepository } from './webhook.repository.js';

const WEBHOOKS_PER_MERCHANT = 10;
/** How long the secret before a rotation signs along, so that the receiver can change over in peace. */
const ROTATION_HOURS = 24;

type OneWebhook = RequestOf<typeof payment.deleteWebhook>;

/** What merchants do with their webhooks and with what was sent to them. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly secrets: WebhookSecrets,
    private readonly shards: OrderShards,
    private readonly ids: OrderIds,
    private readonly config: WebhookConfig,
    private readonly log: Log,
  ) {}

  async create({
    merchantId,
    url,
    events,
  }: RequestOf<typeof payment.createWebhook>): Promise<ResponseOf<typeof payment.createWebhook>> {
    this.checkUrl(url);
    const id = this.ids.ofMerchant(merchantId);
    const secret = newSecret();
    const webhook = { id, merchantId, url, events: [...new Set(events)], createdAt: new Date() };
    if (!(await this.webhooks.insert(webhook, this.secrets.seal(id, secret), WEBHOOKS_PER_MERCHANT)))
      throw new DomainError(
        'WEBHOOK_LIMIT_REACHED',
        `You have ${WEBHOOKS_PER_MERCHANT} webhooks, as many as one merchant may have: remove one first`,
      );
    this.log.info({ merchantId, webhookId: id }, 'a webhook was made');
    return { webhook: await this.find({ merchantId, id }), secret };
  }

  async list(merchantId: string): Promise<payment.Webhook[]> {
    return (await this.webhooks.list(merchantId)).map((row) => webhookOf(row));
  }

  async update({
    merchantId,
    id,
    ...change
  }: RequestOf<typeof payment.updateWebhook>): Promise<payment.Webhook> {
    if (change.url !== undefined) this.checkUrl(change.url);
    const events = change.events && [...new Set(change.events)];
    if (!(await this.webhooks.update({ merchantId, id }, { ...change, events }))) throw noWebhook(id);
    return this.find({ merchantId, id });
  }

  async delete(key: OneWebhook): Promise<void> {
    if (!(await this.webhooks.delete(key))) throw noWebhook(key.id);
    this.log.info({ merchantId: key.merchantId, webhookId: key.id }, 'a webhook was removed');
  }

  async rotateSecret(key: OneWebhook): Promise<ResponseOf<typeof payment.rotateWebhookSecret>> {
    const secret = newSecret();
    const sealed = this.secrets.seal(key.id, secret);
    if (!(await this.webhooks.rotate(key, sealed, ROTATION_HOURS))) throw noWebhook(key.id);
    this.log.info({ merchantId: key.merchantId, webhookId: key.id }, 'a webhook has a new secret');
    return { webhook: await this.find(key), secret };
  }

  async test(key: OneWebhook): Promise<void> {
    await this.find(key);
    const shard = this.shards.ofMerchant(key.merchantId);
    await queueTest(shard.database, shard, key, this.ids.ofMerchant(key.merchantId));
  }

  async listDeliveries({
    limit,
    ...filter
  }: RequestOf<typeof payment.listDeliveries>): Promise<ResponseOf<typeof payment.listDeliveries>> {
    const rows = await this.deliveries.list(filter, limit + 1);
    const items = rows.slice(0, limit).map(deliveryOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async resend({
    merchantId,
    id,
  }: RequestOf<typeof payment.resendDelivery>): Promise<payment.WebhookDelivery> {
    const row = await this.deliveries.resend(merchantId, id);
    if (!row) throw new DomainError('DELIVERY_NOT_FOUND', `There is no delivery ${id}`);
    return deliveryOf(row);
  }

  private checkUrl(url: string): void {
    const why = whyRefused(url, this.config.allowsPrivate);
    if (why === null) return;
    throw new DomainError('WEBHOOK_ADDRESS_REFUSED', `url ${why}`, {
      errors: [{ field: 'url', message: why }],
    });
  }

  private async find(key: OneWebhook): Promise<payment.Webhook> {
    const row = await this.webhooks.find(key);
    if (!row) throw noWebhook(key.id);
    return webhookOf(row);
  }
}

const noWebhook = (id: string) => new DomainError('WEBHOOK_NOT_FOUND', `There is no webhook ${id}`);
