import { ALIPAY_CLEARING, CHANNEL_FEE } from '../ledger/chart-of-accounts.js';
import type { TransferRequest } from '../ledger/transfer.js';

let lastOrder = 1_000_000;
let lastMerchant = 50_000;

/** A merchant that nobody else in this file knows. */
export const newMerchant = (): string => String((lastMerchant += 1));

/** 50 yuan into a merchant's wallet, less a fee of 0.30 for us; each call is another order. */
export function recharge(
  over: Partial<TransferRequest> & { readonly merchant?: string; readonly micros?: bigint } = {},
): TransferRequest {
  const { merchant = '7', micros = 50_000_000n, ...rest } = over;
  const order = String((lastOrder += 1));
  return {
    kind: 'recharge',
    scope: 'recharge',
    idempotencyKey: order,
    reference: order,
    externalId: `alipay:${order}`,
    headers: { requestId: 'test' },
    legs: [
      { account: { kind: 'merchant_cash', ownerId: merchant }, amount: micros },
      { account: { system: ALIPAY_CLEARING }, amount: -micros + 300_000n },
      { account: { system: CHANNEL_FEE }, amount: -300_000n },
    ],
    ...rest,
  };
}

/** Money out of a wallet: what the coming kinds of transfer will do. */
export const takeOut = (merchant: string, micros: bigint): TransferRequest =>
  recharge({
    externalId: null,
    legs: [
      { account: { kind: 'merchant_cash', ownerId: merchant }, amount: -micros },
      { account: { system: ALIPAY_CLEARING }, amount: micros },
    ],
  });
