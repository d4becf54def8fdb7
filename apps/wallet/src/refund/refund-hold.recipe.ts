import type { RequestOf, wallet } from '#libs/contracts';
import { recipe } from '../ledger/recipe.js';

/**
 * Sets a refund's money aside before the channel is asked: cash into transit, and the bonus with it. Bonus that was
 * spent already is made up for in cash, so that nobody gets a bonus paid out by refunding its recharge.
 */
export const refundHold = recipe<RequestOf<typeof wallet.holdRefund>>({
  kind: 'refund_hold',
  invariant: 'in transit is what open refunds hold',
  key: ({ refundId }) => refundId,
  legs: ({ merchantId: ownerId, amount, bonus }) => {
    const cash = { kind: 'merchant_cash', ownerId } as const;
    return [
      { account: cash, amount: -amount },
      { account: { kind: 'refund_in_transit', ownerId }, amount },
      { account: { kind: 'merchant_bonus', ownerId }, amount: -bonus, shortfallFrom: cash },
      { account: { kind: 'bonus_in_transit', ownerId }, amount: bonus },
    ];
  },
});
