import { z } from 'zod';
import { event } from '../contract.js';
import { id, instant, micros } from '../fields.js';
import { transferKind } from './wallet.js';

/**
 * A transfer stands in the ledger. Goes through the outbox; also sent again when a request that was answered before
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
