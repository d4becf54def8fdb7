import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { closeRecharge, createRecharge, getRecharge, listRecharges } from './recharges.endpoints.js';

/** Longer than payment waits for a channel (5 s), so that its answer, and not our impatience, is what the caller sees. */
const VIA_CHANNEL = { timeoutMs: 8_000 };

@ApiTags('Recharges')
@Controller('v1/recharges')
export class RechargesController {
  constructor(private readonly services: RpcClient) {}

  @Post()
  @Endpoint(createRecharge)
  async createRecharge({
    body,
    headers,
    principal,
  }: InputOf<typeof createRecharge>): Promise<OutputOf<typeof createRecharge>> {
    const merchantId = principal.accountId;
    const idempotencyKey = headers['idempotency-key'];
    return this.services.call(payment.createRecharge, { ...body, merchantId, idempotencyKey }, VIA_CHANNEL);
  }

  @Get()
  @Endpoint(listRecharges)
  async listRecharges({
    query,
    principal,
  }: InputOf<typeof listRecharges>): Promise<OutputOf<typeof listRecharges>> {
    return this.services.call(payment.listRecharges, { ...query, merchantId: principal.accountId });
  }

  @Get(':id')
  @Endpoint(getRecharge)
  async getRecharge({
    params,
    principal,
  }: InputOf<typeof getRecharge>): Promise<OutputOf<typeof getRecharge>> {
    return this.services.call(payment.getRecharge, { id: params.id, merchantId: principal.accountId });
  }

  @Post(':id/close')
  @Endpoint(closeRecharge)
  async closeRecharge({
    params,
    principal,
  }: InputOf<typeof closeRecharge>): Promise<OutputOf<typeof closeRecharge>> {
    const request = { id: params.id, merchantId: principal.accountId };
    return this.services.call(payment.closeRecharge, request, VIA_CHANNEL);
  }
}
