import type { PayloadOf, payment } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import { CHANNEL_FEE, CLEARING, SUSPENSE } from '../ledger/chart-of-accounts.js';
import type { TransferRequest } from '../ledger/transfer.js';

/**
 * A buyer's money that pays no order: the channel has it for us, and we owe it to whoever paid. Once per attempt (the
 * key) and once per trade of the channel (the external id, which a recharge uses as well).
 */
export function unownedReceived(
  received: PayloadOf<typeof payment.moneyUnowned>,
  headers: Headers,
): TransferRequest {
  return {
    kind: 'unowned',
    scope: 'unowned',
    idempotencyKey: received.attemptId,
    reference: received.attemptId,
    externalId: `${received.channel}:${received.channelTradeNo}`,
    headers,
    legs: [
      { account: { system: SUSPENSE }, amount: received.amount },
      { account: { system: CLEARING[received.channel] }, amount: -(received.amount - received.fee) },
      { account: { system: CHANNEL_FEE }, amount: -received.fee },
    ].filter(({ amount }) => amount !== 0n),
  };
}

/**
 * It went back to whoever paid. May be told before `unowned` is: suspense has no floor, and the two sum to zero in
 * whichever order they come.
 */
export function unownedRefund(
  settled: PayloadOf<typeof payment.refundSettled>,
  headers: Headers,
): TransferRequest {
  return {
    kind: 'unowned_refund',
    scope: 'unowned_refund',
    idempotencyKey: settled.refundId,
    reference: settled.refundId,
    externalId: null,
    headers,
    legs: [
      { account: { system: SUSPENSE }, amount: -settled.amount },
      { account: { system: CLEARING[settled.channel] }, amount: settled.amount },
    ],
  };
}
