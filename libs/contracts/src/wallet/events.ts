import { z } from 'zod';
import { event } from '../contract.js';
import { id, instant, micros } from '../fields.js';
import { type TransferKind, transferKind, walletAccountKind } from './wallet.js';

/**
 * Kinds that come by the thousand and that nobody waits for one by one: `transfer.posted` of them is written into the wallet's
 * outbox and goes no further. What open pages want to know of them is told once for each commit, as `spends.posted`.
 */
export const KINDS_TOLD_TOGETHER: ReadonlySet<TransferKind> = new Set(['spend']);

/**
 * A transfer stands in the ledger (of kinds that are not told together). Goes through the outbox; also sent again when a request that was answered before
 * is repeated, so that whoever waits for it and missed it can simply ask once more.
 */
export const transferPosted = event(
  'transfer.posted',
  z.object({
    transferId: id,
    kind: transferKind,
    /** The requester's own key: for a recharge, the order's id. */
    reference: z.string(),
    postedAt: instant,
    entries: z.array(
      z.object({
        /** Null for the platform's own accounts. */
        ownerId: id.nullable(),
        account: z.string(),
        seq: z.number().int(),
        amount: micros,
        balanceAfter: micros,
      }),
    ),
  }),
);

/** Spends stand in the ledger: which owners one commit of them concerns, and which of their accounts. */
export const spendsPosted = event(
  'spends.posted',
  z.object({
    postedAt: instant,
    owners: z.array(z.object({ ownerId: id, accounts: z.array(walletAccountKind) })),
  }),
);
