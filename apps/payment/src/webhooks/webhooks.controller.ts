import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { WebhooksService } from './webhooks.service.js';

@Controller()
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Rpc(payment.createWebhook)
  create(
    request: RequestOf<typeof payment.createWebhook>,
  ): Promise<ResponseOf<typeof payment.createWebhook>> {
    return this.webhooks.create(request);
  }

  @Rpc(payment.listWebhooks)
  async list({
    merchantId,
  }: RequestOf<typeof payment.listWebhooks>): Promise<ResponseOf<typeof payment.listWebhooks>> {
    return { items: await this.webhooks.list(merchantId) };
  }

  @Rpc(payment.updateWebhook)
  update(request: RequestOf<typeof payment.updateWebhook>): Promise<payment.Webhook> {
    return this.webhooks.update(request);
  }

  @Rpc(payment.deleteWebhook)
  async delete(
    request: RequestOf<typeof payment.deleteWebhook>,
  ): Promise<ResponseOf<typeof payment.deleteWebhook>> {
    await this.webhooks.delete(request);
    return {};
  }

  @Rpc(payment.rotateWebhookSecret)
  rotateSecret(
    request: RequestOf<typeof payment.rotateWebhookSecret>,
  ): Promise<ResponseOf<typeof payment.rotateWebhookSecret>> {
    return this.webhooks.rotateSecret(request);
  }

  @Rpc(payment.testWebhook)
  async test(
    request: RequestOf<typeof payment.testWebhook>,
  ): Promise<ResponseOf<typeof payment.testWebhook>> {
    await this.webhooks.test(request);
    return {};
  }

  @Rpc(payment.listDeliveries)
  listDeliveries(
    request: RequestOf<typeof payment.listDeliveries>,
  ): Promise<ResponseOf<typeof payment.listDeliveries>> {
    return this.webhooks.listDeliveries(request);
  }

  @Rpc(payment.resendDelivery)
  resend(request: RequestOf<typeof payment.resendDelivery>): Promise<payment.WebhookDelivery> {
    return this.webhooks.resend(request);
  }
}
