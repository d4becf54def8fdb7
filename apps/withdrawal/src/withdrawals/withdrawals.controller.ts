import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, withdrawal } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { WithdrawalsService } from './withdrawals.service.js';

/** What owners do. Whose withdrawal it is was decided by the caller's session, at the gateway. */
@Controller()
export class WithdrawalsController {
  constructor(private readonly withdrawals: WithdrawalsService) {}

  @Rpc(withdrawal.quote)
  quote({
    ownerId,
    amount,
  }: RequestOf<typeof withdrawal.quote>): Promise<ResponseOf<typeof withdrawal.quote>> {
    return this.withdrawals.quote(ownerId, amount);
  }

  @Rpc(withdrawal.createWithdrawal)
  create(request: RequestOf<typeof withdrawal.createWithdrawal>): Promise<withdrawal.Withdrawal> {
    return this.withdrawals.create(request);
  }

  @Rpc(withdrawal.listWithdrawals)
  list({
    ownerId,
    cursor,
    limit,
  }: RequestOf<typeof withdrawal.listWithdrawals>): Promise<ResponseOf<typeof withdrawal.listWithdrawals>> {
    return this.withdrawals.list(ownerId, cursor, limit);
  }

  @Rpc(withdrawal.getWithdrawal)
  get({
    withdrawalId,
    ownerId,
  }: RequestOf<typeof withdrawal.getWithdrawal>): Promise<ResponseOf<typeof withdrawal.getWithdrawal>> {
    return this.withdrawals.get(withdrawalId, ownerId);
  }

  @Rpc(withdrawal.cancelWithdrawal)
  cancel({
    withdrawalId,
    ownerId,
  }: RequestOf<typeof withdrawal.cancelWithdrawal>): Promise<withdrawal.Withdrawal> {
    return this.withdrawals.cancel(withdrawalId, ownerId);
  }

  @Rpc(withdrawal.ping)
  ping(): Promise<ResponseOf<typeof withdrawal.ping>> {
    return Promise.resolve({});
  }
}
