import { identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { Controller } from '@nestjs/common';
import { requireOperator, requireOwner } from '../caller.js';
import { AccountsService } from './accounts.service.js';
import { RegistrationService } from './registration.service.js';

@Controller()
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly registration: RegistrationService,
  ) {}

  @Rpc(identity.register)
  register(request: RequestOf<typeof identity.register>): Promise<ResponseOf<typeof identity.register>> {
    return this.registration.register(request);
  }

  @Rpc(identity.getAccount)
  async getAccount({ accountId }: RequestOf<typeof identity.getAccount>): Promise<identity.Account> {
    requireOwner(accountId);
    return this.accounts.get(accountId);
  }

  @Rpc(identity.getOwner)
  async getOwner({
    accountId,
  }: RequestOf<typeof identity.getOwner>): Promise<ResponseOf<typeof identity.getOwner>> {
    requireOperator();
    const { id, kind, displayName } = await this.accounts.get(accountId);
    return { id, kind, displayName };
  }
}
