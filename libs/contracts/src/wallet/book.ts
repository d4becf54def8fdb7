import { z } from 'zod';
import { rpc } from '../contract.js';
import { instant, micros, nothing } from '../fields.js';
import { transferKind } from './wallet.js';

/** All accounts of one kind, of whatever owner. Amounts are signed from the owners' side: what is owed to us is negative. */
export const accountClass = z.object({
  kind: z.string(),
  side: z.enum(['debit', 'credit']),
  accounts: z.number().int(),
  posted: micros,
});
export type AccountClass = z.output<typeof accountClass>;

/** What transfers of one kind have brought into an account and taken out, over all its life; both positive. */
export const accountFlow = z.object({ kind: transferKind, cameIn: micros, wentOut: micros });
export type AccountFlow = z.output<typeof accountFlow>;

/** One of the accounts between us and the outside: a channel's clearing, the bank, suspense. */
export const boundaryAccount = z.object({
  kind: z.string(),
  posted: micros,
  flows: z.array(accountFlow),
  /** Entries that the flows don't count yet: they are added up in the background. */
  entriesBehind: z.number().int(),
});
export type BoundaryAccount = z.output<typeof boundaryAccount>;

/** The whole book at one moment, by kind of account. */
export const getBook = rpc('wallet.get-book', {
  request: nothing,
  response: z.object({
    takenAt: instant,
    classes: z.array(accountClass),
    /** Of all accounts: zero, or the book is broken. */
    total: micros,
    boundary: z.array(boundaryAccount),
  }),
});
