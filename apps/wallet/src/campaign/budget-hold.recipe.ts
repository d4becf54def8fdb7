import type { RequestOf, wallet } from '#libs/contracts';
import { recipe } from '../ledger/recipe.js';

/** A campaign's budget, set aside from what the merchant has: cash stays cash, and bonus stays bonus. */
export const budgetHold = recipe<RequestOf<typeof wallet.holdBudget>>({
  kind: 'budget_hold',
  invariant: "a campaign's accounts are its holds less what was spent and given back",
  key: ({ key }) => key,
  reference: ({ campaignId }) => campaignId,
  legs: ({ merchantId: ownerId, campaignId: part, cash, bonus }) => [
    { account: { kind: 'merchant_cash', ownerId }, amount: -cash },
    { account: { kind: 'campaign_cash', ownerId, part }, amount: cash },
    { account: { kind: 'merchant_bonus', ownerId }, amount: -bonus },
    { account: { kind: 'campaign_bonus', ownerId, part }, amount: bonus },
  ],
});
