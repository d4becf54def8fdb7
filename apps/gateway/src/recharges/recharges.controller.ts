import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Ip, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import {
  closeRecharge,
  createRecharge,
  getRecharge,
  listPayMethods,
  listRechargeEvents,
  listRecharges,
  openAttempt,
} from './recharges.endpoints.js';

/** Longer than payment waits for a channel (5 s), so that its answer, and not our impatience, is what the caller sees. */
const VIA_CHANNEL = { timeoutMs: 8_000 };

@ApiTags('Recharges')
@Controller('v1')
export class RechargesController {
  constructor(private readonly services: RpcClient) {}

  @Post('recharges')
  @Endpoint(createRecharge)
  async createRecharge(
    { body, headers, principal }: InputOf<typeof createRecharge>,
    @Ip() payerAddress: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OutputOf<typeof createRecharge>> {
    const merchantId = principal.accountId;
    const idempotencyKey = headers['idempotency-key'];
    const request = { ...body, merchantId, idempotencyKey, payerAddress };
    return answered(await this.services.call(payment.createRecharge, request, VIA_CHANNEL), reply);
  }

  @Post('recharges/:id/attempts')
  @Endpoint(openAttempt)
  async openAttempt(
    { params, body, principal }: InputOf<typeof openAttempt>,
    @Ip() payerAddress: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OutputOf<typeof openAttempt>> {
    const request = { ...body, id: params.id, merchantId: principal.accountId, payerAddress };
    return answered(await this.services.call(payment.openAttempt, request, VIA_CHANNEL), reply);
  }

  @Get('pay-methods')
  @Endpoint(listPayMethods)
  async listPayMethods(_input: InputOf<typeof listPayMethods>): Promise<OutputOf<typeof listPayMethods>> {
    return this.services.call(payment.listPayMethods, {});
  }

  @Get('recharges/:id/events')
  @Endpoint(listRechargeEvents)
  async listRechargeEvents({
    params,
    query,
    principal,
  }: InputOf<typeof listRechargeEvents>): Promise<OutputOf<typeof listRechargeEvents>> {
    const request = { ...query, id: params.id, merchantId: principal.accountId };
    return this.services.call(payment.getRechargeEvents, request);
  }

  @Get('recharges')
  @Endpoint(listRecharges)
  async listRecharges({
    query,
    principal,
  }: InputOf<typeof listRecharges>): Promise<OutputOf<typeof listRecharges>> {
    return this.services.call(payment.listRecharges, { ...query, merchantId: principal.accountId });
  }

  @Get('recharges/:id')
  @Endpoint(getRecharge)
  async getRecharge({
    params,
    principal,
  }: InputOf<typeof getRecharge>): Promise<OutputOf<typeof getRecharge>> {
    return this.services.call(payment.getRecharge, { id: params.id, merchantId: principal.accountId });
  }

  @Post('recharges/:id/close')
  @Endpoint(closeRecharge)
  async closeRecharge({
    params,
    principal,
  }: InputOf<typeof closeRecharge>): Promise<OutputOf<typeof closeRecharge>> {
    const request = { id: params.id, merchantId: principal.accountId };
    return this.services.call(payment.closeRecharge, request, VIA_CHANNEL);
  }
}

/** 202 where the buyer still has to wait for a way to pay. */
function answered(recharge: payment.Recharge, reply: FastifyReply): payment.Recharge {
  const { state, payUrl, codeUrl, jsapiParameters } = recharge;
  const isPayable = payUrl !== null || codeUrl !== null || jsapiParameters !== null;
  if ((state === 'CREATED' || state === 'PAYING') && !isPayable) reply.status(202);
  return recharge;
}
