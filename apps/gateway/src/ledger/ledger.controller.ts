import { wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { getBook, listSettlements, recordSettlement } from './ledger.endpoints.js';

@ApiTags('Operators')
@Controller('v1/admin/ledger')
export class LedgerController {
  constructor(private readonly services: RpcClient) {}

  @Get('book')
  @Endpoint(getBook)
  async getBook(_input: InputOf<typeof getBook>): Promise<OutputOf<typeof getBook>> {
    return this.services.call(wallet.getBook, {});
  }

  @Post('settlements')
  @Endpoint(recordSettlement)
  async recordSettlement({
    body,
    principal,
  }: InputOf<typeof recordSettlement>): Promise<OutputOf<typeof recordSettlement>> {
    return this.services.call(wallet.recordSettlement, { ...body, operatorId: principal.accountId });
  }

  @Get('settlements')
  @Endpoint(listSettlements)
  async listSettlements({
    query,
  }: InputOf<typeof listSettlements>): Promise<OutputOf<typeof listSettlements>> {
    return this.services.call(wallet.listSettlements, query);
  }
}
