import { CLEARING, PROMOTION } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';
import type { Leg } from '../ledger/transfer.js';
import { type HeldRefund, REFUND_SETTLEMENT_SCOPE } from './held-refund.js';

/** The channel has given the money back: what was in transit leaves, the bonus goes back where it came from. */
export const refundTaken = recipe<HeldRefund>({
  kind: 'refund',
  scope: REFUND_SETTLEMENT_SCOPE,
  settlesHold: true,
  invariant: 'a hold is taken or let go, once',
  key: ({ settled }) => settled.refundId,
  legs: ({ settled: { merchantId: ownerId, channel }, entries }) =>
    entries.flatMap(({ code, amount }): Leg[] => {
      if (code === `refund_in_transit:${ownerId}`)
        return [
          { account: { kind: 'refund_in_transit', ownerId }, amount: -amount },
          { account: { system: CLEARING[channel] }, amount },
        ];
      if (code === `bonus_in_transit:${ownerId}`)
        return [
          { account: { kind: 'bonus_in_transit', ownerId }, amount: -amount },
          { account: { system: PROMOTION }, amount },
        ];
      return [];
    }),
});
