import type { wallet } from '#libs/contracts';
import { PROMOTION } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

export interface ExpiredBonus extends Pick<wallet.Adjustment, 'id' | 'ownerId' | 'amount'> {
  /** What the ledger has refused (a frozen account) is asked for again under the next number. */
  readonly expiryAttempt: number;
}

/** Takes back what is left of a bonus: as much as was granted at most, and no more than is there. */
export const bonusExpiry = recipe<ExpiredBonus>({
  kind: 'bonus_expiry',
  invariant: 'once per bonus that has ended, and never more than it was',
  key: ({ id, expiryAttempt }) => `${id}:${expiryAttempt}`,
  reference: ({ id }) => id,
  legs: ({ ownerId, amount }) => [
    { account: { kind: 'merchant_bonus', ownerId }, amount: -amount, shortfallFrom: { system: PROMOTION } },
    { account: { system: PROMOTION }, amount },
  ],
});
