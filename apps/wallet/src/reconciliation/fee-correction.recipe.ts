import type { PayloadOf, payment } from '#libs/contracts';
import { CHANNEL_FEE, CLEARING } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/** The bill has the last word about a fee: it costs us `difference` more, and the channel owes us as much less. */
export const feeCorrection = recipe<PayloadOf<typeof payment.feeCorrected>>({
  kind: 'fee_correction',
  invariant: "a payment's or refund's fee is what was booked with it plus its corrections",
  key: ({ key }) => key,
  reference: ({ subject }) => subject,
  legs: ({ channel, difference }) => [
    { account: { system: CHANNEL_FEE }, amount: -difference },
    { account: { system: CLEARING[channel] }, amount: difference },
  ],
});
