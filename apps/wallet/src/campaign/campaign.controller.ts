import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { Rpc, contextHeaders } from '#libs/transport';
import { LedgerService } from '../ledger/ledger.service.js';
import { budgetHold } from './budget-hold.recipe.js';
import { budgetRelease } from './budget-release.recipe.js';
import { spendTransfer } from './spend.recipe.js';

/** Budgets of campaigns: set aside, spent window by window, given back. */
@Controller()
export class CampaignController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly log: Log,
  ) {}

  @Rpc(wallet.holdBudget)
  async hold(wish: RequestOf<typeof wallet.holdBudget>): Promise<ResponseOf<typeof wallet.holdBudget>> {
    const transfer = budgetHold(wish, contextHeaders());
    return this.ledger.postOrRefuse(transfer, `The budget of campaign ${wish.campaignId} can't be set aside`);
  }

  @Rpc(wallet.releaseBudget)
  async release(
    wish: RequestOf<typeof wallet.releaseBudget>,
  ): Promise<ResponseOf<typeof wallet.releaseBudget>> {
    const transfer = budgetRelease(wish, contextHeaders());
    return this.ledger.postOrRefuse(
      transfer,
      `The budget of campaign ${wish.campaignId} can't be given back`,
    );
  }

  /** Side by side, so that they meet in the ledger's batches; those of one campaign keep their order there. */
  @Rpc(wallet.postSpends)
  async spend({
    spends,
  }: RequestOf<typeof wallet.postSpends>): Promise<ResponseOf<typeof wallet.postSpends>> {
    const headers = contextHeaders();
    const outcomes = await Promise.all(spends.map((spend) => this.outcomeOf(spend, headers)));
    return { outcomes };
  }

  private async outcomeOf(
    spend: wallet.Spend,
    headers: ReturnType<typeof contextHeaders>,
  ): Promise<ResponseOf<typeof wallet.postSpends>['outcomes'][number]> {
    const { key } = spend;
    try {
      const { transferId } = await this.ledger.postOrRefuse(
        spendTransfer(spend, headers),
        `Spend ${key} can't be booked`,
      );
      return { key, transferId, refusal: null };
    } catch (error) {
      // A defect is of this spend alone: what became of its neighbours must be told all the same.
      if (!DomainError.is(error)) this.log.error({ err: error, key }, 'a spend could not be booked');
      const code = DomainError.is(error) ? error.code : 'INTERNAL';
      return { key, transferId: null, refusal: wallet.spendRefusal.catch('UNAVAILABLE').parse(code) };
    }
  }
}
