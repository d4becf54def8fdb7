import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, withdrawal } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { PayoutAccountsService } from './payout-accounts.service.js';

@Controller()
export class PayoutAccountsController {
  constructor(private readonly accounts: PayoutAccountsService) {}

  @Rpc(withdrawal.addPayoutAccount)
  add(request: RequestOf<typeof withdrawal.addPayoutAccount>): Promise<withdrawal.PayoutAccount> {
    return this.accounts.add(request);
  }

  @Rpc(withdrawal.listPayoutAccounts)
  async list({
    ownerId,
  }: RequestOf<typeof withdrawal.listPayoutAccounts>): Promise<
    ResponseOf<typeof withdrawal.listPayoutAccounts>
  > {
    return { items: await this.accounts.list(ownerId) };
  }

  @Rpc(withdrawal.removePayoutAccount)
  async remove({
    ownerId,
    payoutAccountId,
  }: RequestOf<typeof withdrawal.removePayoutAccount>): Promise<
    ResponseOf<typeof withdrawal.removePayoutAccount>
  > {
    await this.accounts.remove(ownerId, payoutAccountId);
    return {};
  }
}
