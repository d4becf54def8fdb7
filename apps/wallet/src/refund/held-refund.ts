import type { PayloadOf, payment } from '#libs/contracts';

/** One key for both ends of a hold: it is taken or let go, whichever is decided first, and never both. */
export const REFUND_SETTLEMENT_SCOPE = 'refund_settlement';

/** The accounts that a hold moves between. */
export type HeldKind = 'merchant_cash' | 'merchant_bonus' | 'refund_in_transit' | 'bonus_in_transit';

/** The end of a refund, with what its hold had set aside: cash and bonus may have been split otherwise than asked. */
export interface HeldRefund {
  readonly settled: PayloadOf<typeof payment.refundSettled>;
  readonly entries: readonly { readonly code: string; readonly amount: bigint }[];
}
