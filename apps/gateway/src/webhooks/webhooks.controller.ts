import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './webhooks.endpoints.js';

@ApiTags('Webhooks')
@Controller('v1')
export class WebhooksController {
  constructor(private readonly services: RpcClient) {}

  @Post('webhooks')
  @Endpoint(endpoints.createWebhook)
  async createWebhook({
    body,
    principal,
  }: InputOf<typeof endpoints.createWebhook>): Promise<OutputOf<typeof endpoints.createWebhook>> {
    return this.services.call(payment.createWebhook, { ...body, merchantId: principal.accountId });
  }

  @Get('webhooks')
  @Endpoint(endpoints.listWebhooks)
  async listWebhooks({
    principal,
  }: InputOf<typeof endpoints.listWebhooks>): Promise<OutputOf<typeof endpoints.listWebhooks>> {
    return this.services.call(payment.listWebhooks, { merchantId: principal.accountId });
  }

  @Patch('webhooks/:id')
  @Endpoint(endpoints.updateWebhook)
  async updateWebhook({
    params,
    body,
    principal,
  }: InputOf<typeof endpoints.updateWebhook>): Promise<OutputOf<typeof endpoints.updateWebhook>> {
    const request = { ...body, id: params.id, merchantId: principal.accountId };
    return this.services.call(payment.updateWebhook, request);
  }

  @Delete('webhooks/:id')
  @Endpoint(endpoints.deleteWebhook)
  async deleteWebhook({ params, principal }: InputOf<typeof endpoints.deleteWebhook>): Promise<void> {
    await this.services.call(payment.deleteWebhook, { id: params.id, merchantId: principal.accountId });
  }

  @Post('webhooks/:id/secret')
  @Endpoint(endpoints.rotateWebhookSecret)
  async rotateWebhookSecret({
    params,
    principal,
  }: InputOf<typeof endpoints.rotateWebhookSecret>): Promise<OutputOf<typeof endpoints.rotateWebhookSecret>> {
    const request = { id: params.id, merchantId: principal.accountId };
    return this.services.call(payment.rotateWebhookSecret, request);
  }

  @Post('webhooks/:id/test')
  @Endpoint(endpoints.testWebhook)
  async testWebhook({ params, principal }: InputOf<typeof endpoints.testWebhook>): Promise<void> {
    await this.services.call(payment.testWebhook, { id: params.id, merchantId: principal.accountId });
  }

  @Get('webhook-deliveries')
  @Endpoint(endpoints.listDeliveries)
  async listDeliveries({
    query,
    principal,
  }: InputOf<typeof endpoints.listDeliveries>): Promise<OutputOf<typeof endpoints.listDeliveries>> {
    return this.services.call(payment.listDeliveries, { ...query, merchantId: principal.accountId });
  }

  @Post('webhook-deliveries/:id/resend')
  @Endpoint(endpoints.resendDelivery)
  async resendDelivery({
    params,
    principal,
  }: InputOf<typeof endpoints.resendDelivery>): Promise<OutputOf<typeof endpoints.resendDelivery>> {
    const request = { id: params.id, merchantId: principal.accountId };
    return this.services.call(payment.resendDelivery, request);
  }
}
