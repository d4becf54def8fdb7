import type { RequestOf, wallet } from '#libs/contracts';
import { recipe } from '../ledger/recipe.js';
import { everythingOf } from '../ledger/transfer.js';

/** The campaign is over: whatever it has left is the merchant's again. How much that is, the ledger decides under its lock. */
export const budgetRelease = recipe<RequestOf<typeof wallet.releaseBudget>>({
  kind: 'budget_release',
  invariant: 'a campaign that was released has nothing left',
  key: ({ key }) => key,
  reference: ({ campaignId }) => campaignId,
  legs: ({ merchantId: ownerId, campaignId: part }) => [
    ...everythingOf({ kind: 'campaign_cash', ownerId, part }, { kind: 'merchant_cash', ownerId }),
    ...everythingOf({ kind: 'campaign_bonus', ownerId, part }, { kind: 'merchant_bonus', ownerId }),
  ],
});
