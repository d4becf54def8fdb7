import type { wallet } from '#libs/contracts';
import { PROMOTION } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/** A present to a merchant: spent by its campaigns, never withdrawn and never refunded. */
export const bonusGrant = recipe<Pick<wallet.Adjustment, 'id' | 'ownerId' | 'amount'>>({
  kind: 'bonus',
  invariant: 'once per adjustment, of its amount, which two different operators have agreed to',
  key: ({ id }) => id,
  legs: ({ ownerId, amount }) => [
    { account: { kind: 'merchant_bonus', ownerId }, amount },
    { account: { system: PROMOTION }, amount: -amount },
  ],
});
