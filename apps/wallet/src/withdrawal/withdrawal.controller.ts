import { Controller } from '@nestjs/common';
import { type PayloadOf, type RequestOf, type ResponseOf, wallet, withdrawal } from '#libs/contracts';
import { OnEvent, Rpc, contextHeaders } from '#libs/transport';
import { LedgerService } from '../ledger/ledger.service.js';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { withdrawalHold } from './withdrawal-hold.recipe.js';
import { withdrawalPaid } from './withdrawal-paid.recipe.js';
import { withdrawalReleased } from './withdrawal-released.recipe.js';
import { withdrawalReturned } from './withdrawal-returned.recipe.js';

@Controller()
export class WithdrawalController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly postings: PostingAnnouncer,
  ) {}

  /** Before anybody decides about it. The same withdrawal gets the same answer again, also when it was a refusal. */
  @Rpc(wallet.holdWithdrawal)
  hold(wish: RequestOf<typeof wallet.holdWithdrawal>): Promise<ResponseOf<typeof wallet.holdWithdrawal>> {
    const what = `There is too little available for withdrawal ${wish.withdrawalId}, or it may not be debited`;
    return this.ledger.postOrRefuse(withdrawalHold(wish, contextHeaders()), what);
  }

  /** A withdrawal has ended. Comes again until the withdrawal service has seen `transfer.posted`. */
  @OnEvent(withdrawal.withdrawalSettled)
  async settle(settled: PayloadOf<typeof withdrawal.withdrawalSettled>): Promise<void> {
    const recipe = settled.outcome === 'PAID' ? withdrawalPaid : withdrawalReleased;
    await this.postings.post(
      recipe(settled, contextHeaders()),
      `Withdrawal ${settled.withdrawalId} is ${settled.outcome}`,
    );
  }

  @OnEvent(withdrawal.withdrawalReturned)
  async bookReturn(returned: PayloadOf<typeof withdrawal.withdrawalReturned>): Promise<void> {
    await this.postings.post(
      withdrawalReturned(returned, contextHeaders()),
      `Withdrawal ${returned.withdrawalId} has come back`,
    );
  }
}
