import { wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { getEarnings } from './earnings.endpoints.js';

@ApiTags('Earnings')
@Controller('v1/earnings')
export class EarningsController {
  constructor(private readonly services: RpcClient) {}

  @Get()
  @Endpoint(getEarnings)
  async getEarnings({
    query,
    principal,
  }: InputOf<typeof getEarnings>): Promise<OutputOf<typeof getEarnings>> {
    return this.services.call(wallet.getEarnings, { ...query, ownerId: principal.accountId });
  }
}
