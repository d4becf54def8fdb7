import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { createOffer, listOffers, quoteOffers, updateOffer } from './offers.endpoints.js';

@ApiTags('Offers')
@Controller('v1')
export class OffersController {
  constructor(private readonly services: RpcClient) {}

  @Get('recharge-offers')
  @Endpoint(quoteOffers)
  async quoteOffers({
    query,
    principal,
  }: InputOf<typeof quoteOffers>): Promise<OutputOf<typeof quoteOffers>> {
    return this.services.call(payment.quoteOffers, { ...query, merchantId: principal.accountId });
  }

  @Get('admin/recharge-offers')
  @Endpoint(listOffers)
  async listOffers(_input: InputOf<typeof listOffers>): Promise<OutputOf<typeof listOffers>> {
    return this.services.call(payment.listOffers, {});
  }

  @Post('admin/recharge-offers')
  @Endpoint(createOffer)
  async createOffer({ body, principal }: InputOf<typeof createOffer>): Promise<OutputOf<typeof createOffer>> {
    return this.services.call(payment.createOffer, { ...body, operatorId: principal.accountId });
  }

  @Patch('admin/recharge-offers/:id')
  @Endpoint(updateOffer)
  async updateOffer({
    params,
    body,
    principal,
  }: InputOf<typeof updateOffer>): Promise<OutputOf<typeof updateOffer>> {
    const request = { ...body, id: params.id, operatorId: principal.accountId };
    return this.services.call(payment.updateOffer, request);
  }
}
