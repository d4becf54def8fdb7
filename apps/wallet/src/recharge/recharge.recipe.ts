import { type PayloadOf, type payment } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import { ALIPAY_CLEARING, CHANNEL_FEE, WECHAT_CLEARING } from '../ledger/chart-of-accounts.js';
import type { TransferRequest } from '../ledger/transfer.js';

const CLEARING = { alipay: ALIPAY_CLEARING, wechat: WECHAT_CLEARING } as const;

/**
 * A paid recharge: the merchant has the whole amount, the channel owes us what it collected less its fee, and the fee
 * is our cost. Once per order (the key) and once per trade of the channel (the external id).
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
    ].filter((leg) => leg.amount !== 0n),
  };
}
