import { type PayloadOf, type payment } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import { CHANNEL_FEE, CLEARING, PROMOTION } from '../ledger/chart-of-accounts.js';
import type { TransferRequest } from '../ledger/transfer.js';

/**
 * A paid recharge: the merchant has the whole amount, the channel owes us what it collected less its fee, and the fee
 * is our cost. The bonus of its offer comes with it. Once per order (the key) and once per trade of the channel (the external id).
 */
export function rechargeTransfer(
  paid: PayloadOf<typeof payment.orderPaid>,
  headers: Headers,
): TransferRequest {
  return {
    kind: 'recharge',
    scope: 'recharge',
    idempotencyKey: paid.orderId,
    reference: paid.orderId,
    externalId: `${paid.channel}:${paid.channelTradeNo}`,
    headers,
    legs: [
      { account: { kind: 'merchant_cash' as const, ownerId: paid.merchantId }, amount: paid.amount },
      { account: { system: CLEARING[paid.channel] }, amount: -(paid.amount - paid.fee) },
      { account: { system: CHANNEL_FEE }, amount: -paid.fee },
      { account: { kind: 'merchant_bonus' as const, ownerId: paid.merchantId }, amount: paid.bonus },
      { account: { system: PROMOTION }, amount: -paid.bonus },
    ].filter((leg) => leg.amount !== 0n),
  };
}
