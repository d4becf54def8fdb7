import type { wallet } from '#libs/contracts';
import { SUSPENSE } from '../ledger/chart-of-accounts.js';
import type { AccountRef } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/** What was booked wrongly is put right against suspense, where it stands until whoever caused it is found. */
export const correctionTransfer = recipe<
  Pick<wallet.Adjustment, 'id' | 'account' | 'ownerId' | 'part' | 'amount'>
>({
  kind: 'adjustment',
  invariant: 'once per adjustment, of its amount, which two different operators have agreed to',
  key: ({ id }) => id,
  legs: (correction) => [
    { account: accountOf(correction), amount: correction.amount },
    { account: { system: SUSPENSE }, amount: -correction.amount },
  ],
});

function accountOf({
  account,
  ownerId,
  part,
}: Pick<wallet.Adjustment, 'account' | 'ownerId' | 'part'>): AccountRef {
  return account === 'traffic_pending'
    ? { kind: account, ownerId, part: part ?? '' }
    : { kind: account, ownerId };
}
