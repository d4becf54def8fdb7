import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, nothing, pageOf, pageSize } from '../fields.js';

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

export const walletAccount = z.object({
  kind: walletAccountKind,
  /** What the entries add up to. */
  posted: micros,
  /** The part of `posted` that is promised to transfers still pending. */
  held: micros,
  /** posted − held */
  available: micros,
  /** Number of entries so far, which is also the `seq` of the newest. */
  version: z.number().int(),
});
export type WalletAccount = z.output<typeof walletAccount>;

export const getWallet = rpc('wallet.get-wallet', {
  request: z.object({ ownerId: id }),
  response: z.object({ ownerId: id, accounts: z.array(walletAccount) }),
});

export const walletEntry = z.object({
  account: walletAccountKind,
  /** Gap-free from 1 within an account. */
  seq: z.number().int(),
  transferId: id,
  kind: transferKind,
  /** Positive: the owner has more. */
  amount: micros,
  balanceAfter: micros,
  /** What caused it, e.g. the order's id. */
  reference: z.string(),
  createdAt: instant,
});
export type WalletEntry = z.output<typeof walletEntry>;

/** Newest first; with `afterSeq`, what came after that entry, which is how a page that was away catches up. */
export const listEntries = rpc('wallet.list-entries', {
  request: z.object({
    ownerId: id,
    account: walletAccountKind.default('merchant_cash'),
    afterSeq: z.number().int().min(0).optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(walletEntry),
});

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
