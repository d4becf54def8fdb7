import type { PayloadOf, withdrawal } from '#libs/contracts';
import { recipe } from '../ledger/recipe.js';
import { WITHDRAWAL_SETTLEMENT_SCOPE } from './payout-source.js';

/** Nothing was paid, and nothing will be: the owner has it back. */
export const withdrawalReleased = recipe<PayloadOf<typeof withdrawal.withdrawalSettled>>({
  kind: 'withdrawal_released',
  scope: WITHDRAWAL_SETTLEMENT_SCOPE,
  settlesHold: true,
  invariant: 'a hold is paid or let go, once',
  key: ({ withdrawalId }) => withdrawalId,
  legs: ({ withdrawalId: part, ownerId, amount }) => [
    { account: { kind: 'traffic_withdrawing', ownerId, part }, amount: -amount },
    { account: { kind: 'traffic_available', ownerId }, amount },
  ],
});
