import { createHash } from 'node:crypto';
import type { ErrorCode, wallet } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import { type AccountRef, codeOf } from './chart-of-accounts.js';

/** One side of a transfer: micro-yuan, positive for a credit. Never zero. */
export interface Leg {
  readonly account: AccountRef;
  readonly amount: bigint;
  /**
   * Of a debit: takes what is there, down to the floor, and what is missing from this account (TigerBeetle calls it a
   * balancing debit). The split is decided where the balances are locked. Where it is the account that is credited, no more
   * is moved than is there: see `everythingOf`.
   */
  readonly shortfallFrom?: AccountRef;
}

/** More than any account can have: what does not fit into a BIGINT. */
const EVERYTHING = 2n ** 63n;

/** Moves all that an account has, whatever that is when it is locked. */
export function everythingOf(from: AccountRef, to: AccountRef): readonly Leg[] {
  return [
    { account: from, amount: -EVERYTHING, shortfallFrom: to },
    { account: to, amount: EVERYTHING },
  ];
}

/** Every account that a transfer may touch. */
export function accountsOf({ legs }: Pick<TransferRequest, 'legs'>): AccountRef[] {
  return legs.flatMap(({ account, shortfallFrom }) => (shortfallFrom ? [account, shortfallFrom] : [account]));
}

/** A wish to move money. Its legs sum to zero, or it is a bug in the recipe that made it. */
export interface TransferRequest {
  readonly kind: wallet.TransferKind;
  /** Whose key it is: two scopes may use the same key. */
  readonly scope: string;
  /** The same key is the same transfer, for ever. */
  readonly idempotencyKey: string;
  /** What caused it, for people and statements. */
  readonly reference: string;
  /** Something outside that must be booked once only, e.g. a channel's trade number. */
  readonly externalId: string | null;
  /** Who caused it, so that its events can be followed in the logs; no part of its identity. */
  readonly headers: Headers;
  readonly legs: readonly Leg[];
  /**
   * It says how a hold has ended at somebody else's (a channel has paid, or will not): a fact, which no freeze keeps from being
   * booked. Refused once, it would stay refused, and the hold would stand for ever.
   */
  readonly settlesHold?: boolean;
}

export interface PostedEntry {
  readonly ownerId: string | null;
  readonly account: string;
  readonly seq: number;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
}

/** What became of a request. `replayed`: it was decided before, and this is that decision again. */
export type TransferOutcome =
  | { readonly status: 'posted'; readonly transferId: string; readonly replayed: boolean }
  | {
      readonly status: 'rejected';
      readonly transferId: string;
      readonly code: RejectionCode;
      readonly replayed: boolean;
    };

/** Rejections are decisions too: stored under the key, so that a retry can't turn one into a posting. */
export type RejectionCode = Extract<
  ErrorCode,
  'INSUFFICIENT_FUNDS' | 'ACCOUNT_FROZEN' | 'EXTERNAL_ID_TAKEN' | 'BALANCE_OUT_OF_RANGE' | 'NOTHING_TO_MOVE'
>;

/** A posting asks for it several times. */
const hashes = new WeakMap<TransferRequest, Buffer>();

/** Two requests under one key are the same only if this is the same: everything that decides where money goes. */
export function requestHash(request: TransferRequest): Buffer {
  const known = hashes.get(request);
  if (known) return known;
  const legs = request.legs.map(({ account, amount, shortfallFrom }) =>
    shortfallFrom ? `${codeOf(account)}=${amount}|${codeOf(shortfallFrom)}` : `${codeOf(account)}=${amount}`,
  );
  const hash = createHash('sha256')
    .update(JSON.stringify([request.kind, request.reference, request.externalId, legs]))
    .digest();
  hashes.set(request, hash);
  return hash;
}

/** @throws Error when the legs are no transfer: that is a bug, and nothing may be stored. */
export function assertBalanced(request: TransferRequest): void {
  const sum = request.legs.reduce((total, leg) => total + leg.amount, 0n);
  const codes = new Set(request.legs.map((leg) => codeOf(leg.account)));
  if (sum !== 0n)
    throw new Error(`Transfer ${request.scope}/${request.idempotencyKey}: its legs sum to ${sum}, not 0`);
  if (
    request.legs.length < 2 ||
    request.legs.some((leg) => leg.amount === 0n) ||
    codes.size !== request.legs.length ||
    request.legs.some(({ amount, shortfallFrom }) => shortfallFrom && amount > 0n)
  ) {
    throw new Error(
      `Transfer ${request.scope}/${request.idempotencyKey} needs at least two legs, none of them zero, each with another account`,
    );
  }
}
