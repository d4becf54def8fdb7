import { recipe } from '../ledger/recipe.js';
import { type HeldKind, type HeldRefund, REFUND_SETTLEMENT_SCOPE } from './held-refund.js';

/** The channel has given nothing back: every entry of the hold is undone. */
export const refundReleased = recipe<HeldRefund>({
  kind: 'refund_release',
  scope: REFUND_SETTLEMENT_SCOPE,
  settlesHold: true,
  invariant: 'a hold is taken or let go, once',
  key: ({ settled }) => settled.refundId,
  legs: ({ settled: { merchantId: ownerId }, entries }) =>
    entries.map(({ code, amount }) => ({
      account: { kind: code.slice(0, code.indexOf(':')) as HeldKind, ownerId },
      amount: -amount,
    })),
});
