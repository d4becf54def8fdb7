import type { PayloadOf, payment } from '#libs/contracts';
import { CLEARING, SUSPENSE } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/**
 * It went back to whoever paid. May be told before `unowned` is: suspense has no floor, and the two sum to zero in
 * whichever order they come.
 */
export const unownedRefund = recipe<PayloadOf<typeof payment.refundSettled>>({
  kind: 'unowned_refund',
  invariant: 'once per refund; suspense is what was received unowned and not given back',
  key: ({ refundId }) => refundId,
  legs: ({ channel, amount }) => [
    { account: { system: SUSPENSE }, amount: -amount },
    { account: { system: CLEARING[channel] }, amount },
  ],
});
