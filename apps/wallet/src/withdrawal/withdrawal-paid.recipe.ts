import type { PayloadOf, withdrawal } from '#libs/contracts';
import { TAX_PAYABLE, WITHDRAWAL_FEE } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';
import { PAYOUT_SOURCE, WITHDRAWAL_SETTLEMENT_SCOPE } from './payout-source.js';

/** The payee has the money: what was held leaves the platform, but for the fee and the tax that is withheld. */
export const withdrawalPaid = recipe<PayloadOf<typeof withdrawal.withdrawalSettled>>({
  kind: 'withdrawal_paid',
  scope: WITHDRAWAL_SETTLEMENT_SCOPE,
  settlesHold: true,
  invariant: 'a hold is paid or let go, once',
  key: ({ withdrawalId }) => withdrawalId,
  legs: ({ withdrawalId: part, ownerId, amount, fee, tax, method }) => [
    { account: { kind: 'traffic_withdrawing', ownerId, part }, amount: -amount },
    { account: { system: PAYOUT_SOURCE[method] }, amount: amount - fee - tax },
    { account: { system: WITHDRAWAL_FEE }, amount: fee },
    { account: { system: TAX_PAYABLE }, amount: tax },
  ],
});
