import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { listChannelAccounts, setChannelAccount } from './channels.endpoints.js';

@ApiTags('Operators')
@Controller('v1/admin/channel-accounts')
export class ChannelsController {
  constructor(private readonly services: RpcClient) {}

  @Get()
  @Endpoint(listChannelAccounts)
  async listChannelAccounts(
    _input: InputOf<typeof listChannelAccounts>,
  ): Promise<OutputOf<typeof listChannelAccounts>> {
    return this.services.call(payment.listChannelAccounts, {});
  }

  @Patch(':id')
  @Endpoint(setChannelAccount)
  async setChannelAccount({
    params,
    body,
    principal,
  }: InputOf<typeof setChannelAccount>): Promise<OutputOf<typeof setChannelAccount>> {
    const request = { ...body, id: params.id, operatorId: principal.accountId };
    return this.services.call(payment.setChannelAccount, request);
  }
}
