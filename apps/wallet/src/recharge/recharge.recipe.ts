import { type PayloadOf, type payment } from '#libs/contracts';
import { CHANNEL_FEE, CLEARING, PROMOTION } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

/**
 * A paid recharge: the merchant has the whole amount, the channel owes us what it collected less its fee, and the fee
 * is our cost. The bonus of its offer comes with it.
 */
export const rechargeTransfer = recipe<PayloadOf<typeof payment.orderPaid>>({
  kind: 'recharge',
  invariant: 'once per order (the key) and once per trade of the channel (the external id)',
  key: ({ orderId }) => orderId,
  externalId: ({ channel, channelTradeNo }) => `${channel}:${channelTradeNo}`,
  legs: ({ merchantId, channel, amount, fee, bonus }) => [
    { account: { kind: 'merchant_cash', ownerId: merchantId }, amount },
    { account: { system: CLEARING[channel] }, amount: fee - amount },
    { account: { system: CHANNEL_FEE }, amount: -fee },
    { account: { kind: 'merchant_bonus', ownerId: merchantId }, amount: bonus },
    { account: { system: PROMOTION }, amount: -bonus },
  ],
});
