import type { wallet } from '#libs/contracts';
import { BANK, CHANNEL_FEE, CLEARING } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/** A line of our bank between us and a channel, which has kept `fee` beside what it paid out, or of what we paid in. */
export const channelSettlement = recipe<wallet.Settlement>({
  kind: 'channel_settlement',
  invariant: 'once per line of the bank (the external id); clearing is what channels still owe us',
  key: ({ id }) => id,
  externalId: ({ channel, bankReference }) => `settlement:${channel}:${bankReference}`,
  legs: ({ channel, direction, amount, fee }) => {
    const atBank = direction === 'payout' ? -amount : amount;
    return [
      { account: { system: CLEARING[channel] }, amount: fee - atBank },
      { account: { system: BANK }, amount: atBank },
      { account: { system: CHANNEL_FEE }, amount: -fee },
    ];
  },
});
