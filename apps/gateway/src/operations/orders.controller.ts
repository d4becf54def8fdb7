import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import {
  listDuplicates,
  listOrderEvents,
  refundConflict,
  searchOrders,
  searchRefunds,
} from './orders.endpoints.js';

/** Orders, refunds and what went wrong with payments, over all merchants. */
@ApiTags('Operators')
@Controller('v1/admin')
export class OrdersController {
  constructor(private readonly services: RpcClient) {}

  @Get('orders')
  @Endpoint(searchOrders)
  async searchOrders({ query }: InputOf<typeof searchOrders>): Promise<OutputOf<typeof searchOrders>> {
    return this.services.call(payment.searchOrders, query);
  }

  @Get('orders/:id/events')
  @Endpoint(listOrderEvents)
  async listOrderEvents({
    params,
    query,
  }: InputOf<typeof listOrderEvents>): Promise<OutputOf<typeof listOrderEvents>> {
    return this.services.call(payment.getRechargeEvents, { ...query, id: params.id });
  }

  @Get('refunds')
  @Endpoint(searchRefunds)
  async searchRefunds({ query }: InputOf<typeof searchRefunds>): Promise<OutputOf<typeof searchRefunds>> {
    return this.services.call(payment.searchRefunds, query);
  }

  @Get('duplicate-payments')
  @Endpoint(listDuplicates)
  async listDuplicates({ query }: InputOf<typeof listDuplicates>): Promise<OutputOf<typeof listDuplicates>> {
    return this.services.call(payment.listDuplicates, query);
  }

  @Post('payment-conflicts/:attemptId/refund')
  @Endpoint(refundConflict)
  async refundConflict({
    params,
    body,
    principal,
  }: InputOf<typeof refundConflict>): Promise<OutputOf<typeof refundConflict>> {
    const request = { ...body, attemptId: params.attemptId, operatorId: principal.accountId };
    return this.services.call(payment.refundConflict, request);
  }
}
