import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, nothing, pageOf, pageSize } from '../fields.js';

/** The accounts of a wallet owner that the owner may see. */
export const walletAccountKind = z.enum(['merchant_cash']);
export type WalletAccountKind = z.output<typeof walletAccountKind>;

export const transferKind = z.enum(['recharge']);
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

export const ping = rpc('wallet.ping', { request: nothing, response: nothing });
