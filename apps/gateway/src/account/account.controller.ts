import { identity } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { getMe } from './account.endpoints.js';

@ApiTags('Account')
@Controller('v1/me')
export class AccountController {
  constructor(private readonly services: RpcClient) {}

  @Get()
  @Endpoint(getMe)
  async getMe({ principal }: InputOf<typeof getMe>): Promise<OutputOf<typeof getMe>> {
    return this.services.call(identity.getAccount, { accountId: principal.accountId });
  }
}
