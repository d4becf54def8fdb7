import { z } from 'zod';
import { rpc } from '../contract.js';
import { id, micros, nothing } from '../fields.js';

/** The accounts of a wallet owner that the owner may see. Campaign, pending and withdrawing ones are many: one for each part. */
export const walletAccountKind = z.enum([
  'merchant_cash',
  'merchant_bonus',
  'campaign_cash',
  'campaign_bonus',
  'traffic_pending',
  'traffic_available',
  'traffic_withdrawing',
]);
export type WalletAccountKind = z.output<typeof walletAccountKind>;

/**
 * One recipe each. A hold puts money into an account of its own, where it is taken or given back: `refund_hold` by `refund`
 * or `refund_release`, `budget_hold` by any number of `spend` and a `budget_release`, `withdraw` by `withdrawal_paid` or
 * `withdrawal_released`. `unowned` and `unowned_refund`: a buyer's money that pays no order, in and out of suspense.
 */
export const transferKind = z.enum([
  'recharge',
  'refund_hold',
  'refund',
  'refund_release',
  'unowned',
  'unowned_refund',
  'fee_correction',
  'write_off',
  'channel_settlement',
  'budget_hold',
  'spend',
  'budget_release',
  'maturity',
  'withdraw',
  'withdrawal_paid',
  'withdrawal_released',
  'withdrawal_returned',
  'bonus',
  'bonus_expiry',
  'adjustment',
]);
export type TransferKind = z.output<typeof transferKind>;

/**
 * Sets a refund's money aside: `amount` of the merchant's cash, and `bonus` of what the recharge had granted, first from
 * the bonus account and what is missing there from cash. Asked again with the same refund it gives the same answer.
 */
export const holdRefund = rpc('wallet.hold-refund', {
  request: z.object({ refundId: id, orderId: id, merchantId: id, amount: micros, bonus: micros }),
  response: z.object({ transferId: id }),
  errors: ['INSUFFICIENT_FUNDS', 'ACCOUNT_FROZEN', 'TRANSFER_KEY_CONFLICT', 'WALLET_BUSY'],
});

export const ping = rpc('wallet.ping', { request: nothing, response: nothing });
