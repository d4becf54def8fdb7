import type { PayloadOf, withdrawal } from '#libs/contracts';
import { TAX_PAYABLE, WITHDRAWAL_FEE } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';
import { PAYOUT_SOURCE } from './payout-source.js';

/** It was paid and came back: a fact of its own, days later. The owner never had it, so nothing of it is kept. */
export const withdrawalReturned = recipe<PayloadOf<typeof withdrawal.withdrawalReturned>>({
  kind: 'withdrawal_returned',
  invariant: 'once per withdrawal, and only of one that was paid',
  key: ({ withdrawalId }) => withdrawalId,
  legs: ({ ownerId, amount, fee, tax, method }) => [
    { account: { kind: 'traffic_available', ownerId }, amount },
    { account: { system: PAYOUT_SOURCE[method] }, amount: fee + tax - amount },
    { account: { system: WITHDRAWAL_FEE }, amount: -fee },
    { account: { system: TAX_PAYABLE }, amount: -tax },
  ],
});
