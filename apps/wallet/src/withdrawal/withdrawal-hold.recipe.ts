import type { RequestOf, wallet } from '#libs/contracts';
import { recipe } from '../ledger/recipe.js';

/** Sets a withdrawal's money aside, in an account of its own, before anybody decides about it. */
export const withdrawalHold = recipe<RequestOf<typeof wallet.holdWithdrawal>>({
  kind: 'withdraw',
  invariant: 'withdrawing is what open withdrawals hold',
  key: ({ withdrawalId }) => withdrawalId,
  legs: ({ withdrawalId: part, ownerId, amount }) => [
    { account: { kind: 'traffic_available', ownerId }, amount: -amount },
    { account: { kind: 'traffic_withdrawing', ownerId, part }, amount },
  ],
});
