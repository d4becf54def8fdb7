import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';
import { transferCause } from './transfer-cause.js';
import { transferKind, walletAccountKind, type WalletAccountKind } from './wallet.js';

/**
 * Kinds of which an owner has one account for each part: a campaign, a day, a withdrawal. Their entries count by
 * themselves, so an entry's `seq` and balance say nothing about the kind as a whole.
 */
export const PARTED_ACCOUNT_KINDS: ReadonlySet<string> = new Set<WalletAccountKind>([
  'campaign_cash',
  'campaign_bonus',
  'traffic_pending',
  'traffic_withdrawing',
]);

/** A campaign's or withdrawal's id, or a day. */
export const accountPart = z.string().regex(/^\d[\d-]{0,39}$/, 'must be an id or a day like 2026-11-21');

const seq = z.number().int().min(0);

/** All that an owner has of one kind: of a parted kind the sum over its parts. */
export const walletAccount = z.object({
  kind: walletAccountKind,
  /** What the entries add up to. */
  posted: micros,
  /** The part of `posted` that is promised to transfers still pending. */
  held: micros,
  /** posted − held */
  available: micros,
  /** Number of entries so far, which of a kind without parts is also the `seq` of the newest. */
  version: z.number().int(),
});
export type WalletAccount = z.output<typeof walletAccount>;

export const getWallet = rpc('wallet.get-wallet', {
  request: z.object({ ownerId: id }),
  response: z.object({ ownerId: id, accounts: z.array(walletAccount) }),
});

/** The accounts of one parted kind, the one that was opened last first. */
export const listParts = rpc('wallet.list-parts', {
  request: z.object({
    ownerId: id,
    account: walletAccountKind,
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(
    z.object({ part: accountPart, posted: micros, held: micros, available: micros, version: seq }),
  ),
});

/**
 * Which entries of an account are meant. An entry counts from the moment by which it and every entry before it had been
 * made: clocks of several processes differ a little, but no moment ever splits the book anywhere but between two entries,
 * so the balance before a period, its entries, and the balance after it always sum up.
 */
const period = {
  /** Entries from this moment on. */
  from: instant.optional(),
  /** Entries before this moment. */
  to: instant.optional(),
};

/** One account: of a parted kind, one of its parts. */
const oneAccount = {
  ownerId: id,
  account: walletAccountKind,
  part: accountPart.optional(),
};

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

/**
 * An account's entries; with `afterSeq`, what came after that entry, which is how a page that was away catches up. An
 * account that has not been opened yet has no entries; a part that is not the owner's is `NOT_FOUND`.
 */
export const listEntries = rpc('wallet.list-entries', {
  request: z.object({
    ...oneAccount,
    ...period,
    kind: transferKind.optional(),
    afterSeq: seq.optional(),
    /** Newest first unless told. */
    order: z.enum(['newest-first', 'oldest-first']).optional(),
    cursor: cursor.optional(),
    limit: z.number().int().min(1).max(1_000).default(20),
  }),
  response: pageOf(walletEntry),
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
});

/** What a period did to an account: `opening` + `credits` + `debits` = `closing`. */
export const statementTotals = z.object({
  /** The balance before the first entry of the period. */
  opening: micros,
  closing: micros,
  /** What came in. */
  credits: micros,
  /** What went out, negative. */
  debits: micros,
  /** Entries `firstSeq` to `lastSeq`; without any entry, `lastSeq` is one less than `firstSeq`. */
  firstSeq: seq,
  lastSeq: seq,
});
export type StatementTotals = z.output<typeof statementTotals>;

export const summarizeStatement = rpc('wallet.summarize-statement', {
  request: z.object({ ...oneAccount, ...period }),
  response: statementTotals,
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
});

/** What an account had after all that had been posted by a moment; of a parted kind without `part`, all parts together. */
export const getBalanceAt = rpc('wallet.get-balance-at', {
  request: z.object({ ...oneAccount, at: instant }),
  response: z.object({
    balance: micros,
    /** How many entries made it. */
    entries: seq,
  }),
  errors: ['NOT_FOUND'],
});

/** A posted transfer as somebody may see it: an owner the entries of the owner's accounts, `ownerId: null` all of them. */
export const getTransfer = rpc('wallet.get-transfer', {
  request: z.object({ transferId: id, ownerId: id.nullable() }),
  response: z.object({
    id,
    kind: transferKind,
    reference: z.string(),
    cause: transferCause,
    createdAt: instant,
    entries: z.array(
      z.object({
        /** Null for the platform's own accounts. */
        ownerId: id.nullable(),
        /** The account's kind. */
        account: z.string(),
        part: z.string().nullable(),
        seq: z.number().int(),
        amount: micros,
        balanceAfter: micros,
      }),
    ),
  }),
  errors: ['NOT_FOUND'],
});
