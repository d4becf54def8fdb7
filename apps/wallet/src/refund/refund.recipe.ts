import type { PayloadOf, RequestOf, payment, wallet } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import { CLEARING, PROMOTION } from '../ledger/chart-of-accounts.js';
import type { Leg, TransferRequest } from '../ledger/transfer.js';

/** Where holds keep their keys: a refund has one. */
export const REFUND_HOLD_SCOPE = 'refund_hold';
/** One key for both ends of a hold: it is taken or let go, whichever is decided first, and never both. */
const SETTLEMENT_SCOPE = 'refund_settlement';

/** What a hold has set aside, read back from its entries: cash and bonus may have been split otherwise than asked. */
export interface HeldRefund {
  readonly merchantId: string;
  readonly entries: readonly { readonly code: string; readonly amount: bigint }[];
}

/**
 * Sets a refund's money aside before the channel is asked: cash into transit, and the bonus with it. Bonus that was
 * spent already is made up for in cash, so that nobody gets a bonus paid out by refunding its recharge.
 */
export function refundHold(wish: RequestOf<typeof wallet.holdRefund>, headers: Headers): TransferRequest {
  const cash = { kind: 'merchant_cash' as const, ownerId: wish.merchantId };
  const legs: Leg[] = [
    { account: cash, amount: -wish.amount },
    { account: { kind: 'refund_in_transit', ownerId: wish.merchantId }, amount: wish.amount },
  ];
  if (wish.bonus > 0n) {
    legs.push(
      {
        account: { kind: 'merchant_bonus', ownerId: wish.merchantId },
        amount: -wish.bonus,
        shortfallFrom: cash,
      },
      { account: { kind: 'bonus_in_transit', ownerId: wish.merchantId }, amount: wish.bonus },
    );
  }
  return {
    kind: 'refund_hold',
    scope: REFUND_HOLD_SCOPE,
    idempotencyKey: wish.refundId,
    reference: wish.refundId,
    externalId: null,
    headers,
    legs,
  };
}

/** The channel has given the money back: what was in transit leaves, the bonus goes back where it came from. */
export function refundTaken(
  settled: PayloadOf<typeof payment.refundSettled>,
  held: HeldRefund,
  headers: Headers,
): TransferRequest {
  const legs = held.entries.flatMap(({ code, amount }): Leg[] => {
    if (code === `refund_in_transit:${held.merchantId}`)
      return [
        { account: { kind: 'refund_in_transit', ownerId: held.merchantId }, amount: -amount },
        { account: { system: CLEARING[settled.channel] }, amount },
      ];
    if (code === `bonus_in_transit:${held.merchantId}`)
      return [
        { account: { kind: 'bonus_in_transit', ownerId: held.merchantId }, amount: -amount },
        { account: { system: PROMOTION }, amount },
      ];
    return [];
  });
  return { kind: 'refund', ...settlementOf(settled, headers), legs };
}

/** The channel has given nothing back: every entry of the hold is undone. */
export function refundReleased(
  settled: PayloadOf<typeof payment.refundSettled>,
  held: HeldRefund,
  headers: Headers,
): TransferRequest {
  const legs = held.entries.map(({ code, amount }): Leg => {
    const kind = code.slice(0, code.indexOf(':')) as
      'merchant_cash' | 'merchant_bonus' | 'refund_in_transit' | 'bonus_in_transit';
    return { account: { kind, ownerId: held.merchantId }, amount: -amount };
  });
  return { kind: 'refund_release', ...settlementOf(settled, headers), legs };
}

function settlementOf({ refundId }: PayloadOf<typeof payment.refundSettled>, headers: Headers) {
  return {
    scope: SETTLEMENT_SCOPE,
    idempotencyKey: refundId,
    reference: refundId,
    externalId: null,
    headers,
  };
}
