import type { PayloadOf, payment } from '#libs/contracts';
import { CLEARING, WRITE_OFF } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/** What nobody can explain is taken out of what the channel is said to owe us, by two operators. */
export const writeOff = recipe<PayloadOf<typeof payment.differenceWrittenOff>>({
  kind: 'write_off',
  invariant: 'once per difference',
  key: ({ differenceId }) => differenceId,
  legs: ({ channel, amount }) => [
    { account: { system: CLEARING[channel] }, amount: -amount },
    { account: { system: WRITE_OFF }, amount },
  ],
});
