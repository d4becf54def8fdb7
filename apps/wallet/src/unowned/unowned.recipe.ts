import type { PayloadOf, payment } from '#libs/contracts';
import { CHANNEL_FEE, CLEARING, SUSPENSE } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/** A buyer's money that pays no order: the channel has it for us, and we owe it to whoever paid. */
export const unownedReceived = recipe<PayloadOf<typeof payment.moneyUnowned>>({
  kind: 'unowned',
  invariant: 'once per attempt (the key) and once per trade of the channel (the external id, as a recharge)',
  key: ({ attemptId }) => attemptId,
  externalId: ({ channel, channelTradeNo }) => `${channel}:${channelTradeNo}`,
  legs: ({ channel, amount, fee }) => [
    { account: { system: SUSPENSE }, amount },
    { account: { system: CLEARING[channel] }, amount: fee - amount },
    { account: { system: CHANNEL_FEE }, amount: -fee },
  ],
});
