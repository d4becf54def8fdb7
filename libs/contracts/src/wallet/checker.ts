import { z } from 'zod';
import { event, rpc } from '../contract.js';
import { cursor, id, instant, pageOf, pageSize } from '../fields.js';

/** What can be wrong with a book. */
export const ledgerProblem = z.enum([
  /** A number is left out in an account's entries. */
  'entries_missing',
  /** An entry's balance is not the one before it plus its amount. */
  'balance_does_not_run',
  /** An entry's link is not the hash of the link before it, of the entry, and of its transfer's seal. */
  'link_broken',
  /** The chain fits in itself and is not the one that was verified before. */
  'history_rewritten',
  /** The ledger has announced a transfer that is not there. */
  'transfer_missing',
  /** A transfer does not say any more what it said when it was decided. */
  'seal_broken',
  /** A transfer's entries don't sum to zero. */
  'sum_not_zero',
  /** A posted transfer with fewer than two entries, or a rejected one with any. */
  'entries_unexpected',
  /** An account's version, balance or link is not that of its newest entry. */
  'version_differs',
  'balance_differs',
  'link_differs',
  /** An account has less than it may. */
  'under_floor',
  /** All balances together are not zero. */
  'book_not_zero',
]);
export type LedgerProblem = z.output<typeof ledgerProblem>;

export const findingPlace = z.enum(['entry', 'transfer', 'account', 'book']);
export type FindingPlace = z.output<typeof findingPlace>;

/** `commit`: right after it was written. `replay`: by the pass that goes over the whole book again and again. */
export const findingSource = z.enum(['commit', 'replay']);
export type FindingSource = z.output<typeof findingSource>;

const what = {
  place: findingPlace,
  foundBy: findingSource,
  /** At least one. */
  problems: z.array(ledgerProblem),
  /** In a sentence, for whoever is woken by it. */
  detail: z.string(),
  /** The account of the entry, by its code. */
  account: z.string().nullable(),
  seq: z.number().int().nullable(),
  transferId: id.nullable(),
  /** Owners' accounts, by code, that nothing can be taken from until an operator has looked. */
  frozenAccounts: z.array(z.string()),
  foundAt: instant,
};

export const checkerFinding = z.object({
  id,
  ...what,
  state: z.enum(['OPEN', 'SETTLED']),
  settledBy: id.nullable(),
  settledAt: instant.nullable(),
  reason: z.string().nullable(),
  /** When the freeze was lifted. */
  unfrozenAt: instant.nullable(),
});
export type CheckerFinding = z.output<typeof checkerFinding>;

/** The book is wrong somewhere: said once for each place and damage. Whoever is on duty must hear of it. */
export const ledgerAlarm = event('ledger.alarm', z.object({ findingId: id, ...what }));

/** How the checker is doing, and what it has found, newest first. */
export const getCheckerState = rpc('wallet.get-checker-state', {
  request: z.object({
    state: z.enum(['OPEN', 'SETTLED']).optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: z.object({
    /** Every commit is checked: how far behind that is. */
    commits: z.object({
      checkedTransfers: z.number().int(),
      /** The age of the oldest transfer that is not checked yet; 0 when there is none. */
      lagSeconds: z.number(),
    }),
    /** The pass that goes over the whole book, account by account, and begins anew when it is through. */
    replay: z.object({
      pass: z.number().int(),
      phase: z.enum(['accounts', 'transfers']),
      startedAt: instant,
      checkedEntries: z.number().int(),
      checkedTransfers: z.number().int(),
      /** Entries and transfers, since this pass began. */
      perSecond: z.number(),
      lastPass: z
        .object({
          startedAt: instant,
          finishedAt: instant,
          entries: z.number().int(),
          transfers: z.number().int(),
        })
        .nullable(),
    }),
    openFindings: z.number().int(),
    findings: pageOf(checkerFinding),
  }),
});

/**
 * An operator has looked at a finding. Settling it again changes nothing, but can still lift a freeze that was left. An
 * account that another finding has frozen too stays frozen until that one is lifted as well.
 */
export const settleFinding = rpc('wallet.settle-finding', {
  request: z.object({
    findingId: id,
    operatorId: id,
    reason: z.string().trim().min(1).max(500),
    unfreeze: z.boolean(),
  }),
  response: checkerFinding,
  errors: ['NOT_FOUND'],
});
