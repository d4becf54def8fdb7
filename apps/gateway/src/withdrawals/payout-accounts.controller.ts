import { withdrawal } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './payout-accounts.endpoints.js';

@ApiTags('Withdrawals')
@Controller('v1/payout-accounts')
export class PayoutAccountsController {
  constructor(private readonly services: RpcClient) {}

  @Get()
  @Endpoint(endpoints.listPayoutAccounts)
  async listPayoutAccounts({
    principal,
  }: InputOf<typeof endpoints.listPayoutAccounts>): Promise<OutputOf<typeof endpoints.listPayoutAccounts>> {
    return this.services.call(withdrawal.listPayoutAccounts, { ownerId: principal.accountId });
  }

  @Post()
  @Endpoint(endpoints.addPayoutAccount)
  async addPayoutAccount({
    body,
    principal,
  }: InputOf<typeof endpoints.addPayoutAccount>): Promise<OutputOf<typeof endpoints.addPayoutAccount>> {
    return this.services.call(withdrawal.addPayoutAccount, { ...body, ownerId: principal.accountId });
  }

  @Delete(':id')
  @Endpoint(endpoints.removePayoutAccount)
  async removePayoutAccount({
    params,
    principal,
  }: InputOf<typeof endpoints.removePayoutAccount>): Promise<void> {
    await this.services.call(withdrawal.removePayoutAccount, {
      ownerId: principal.accountId,
      payoutAccountId: params.id,
    });
  }
}
