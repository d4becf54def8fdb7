import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { createRefund, listRefunds } from './refunds.endpoints.js';

/** Payment answers within 3 s, whatever the channel does. */
const VIA_CHANNEL = { timeoutMs: 8_000 };

@ApiTags('Refunds')
@Controller('v1/recharges')
export class RefundsController {
  constructor(private readonly services: RpcClient) {}

  @Post(':id/refunds')
  @Endpoint(createRefund)
  async createRefund({
    params,
    body,
    headers,
    principal,
  }: InputOf<typeof createRefund>): Promise<OutputOf<typeof createRefund>> {
    const request = {
      ...body,
      rechargeId: params.id,
      merchantId: principal.accountId,
      idempotencyKey: headers['idempotency-key'],
    };
    return this.services.call(payment.createRefund, request, VIA_CHANNEL);
  }

  @Get(':id/refunds')
  @Endpoint(listRefunds)
  async listRefunds({
    params,
    principal,
  }: InputOf<typeof listRefunds>): Promise<OutputOf<typeof listRefunds>> {
    const request = { rechargeId: params.id, merchantId: principal.accountId };
    return this.services.call(payment.listRefunds, request);
  }
}
