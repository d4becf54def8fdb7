import { wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { getCheckerState, settleFinding } from './checker.endpoints.js';

@ApiTags('Operators')
@Controller('v1/admin/ledger')
export class CheckerController {
  constructor(private readonly services: RpcClient) {}

  @Get('checker')
  @Endpoint(getCheckerState)
  async getCheckerState({
    query,
  }: InputOf<typeof getCheckerState>): Promise<OutputOf<typeof getCheckerState>> {
    return this.services.call(wallet.getCheckerState, query);
  }

  @Post('findings/:id/settle')
  @Endpoint(settleFinding)
  async settleFinding({
    params,
    body,
    principal,
  }: InputOf<typeof settleFinding>): Promise<OutputOf<typeof settleFinding>> {
    const request = { ...body, findingId: params.id, operatorId: principal.accountId };
    return this.services.call(wallet.settleFinding, request);
  }
}
