import type { wallet } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import type { Leg, TransferRequest } from './transfer.js';

/** The whole bookkeeping of one kind of transfer, in one place: who wishes what, and which accounts it moves. */
export interface RecipeOptions<Wish> {
  readonly kind: wallet.TransferKind;
  /** Where its keys live; the kind unless told. Two kinds that exclude each other share one: whichever comes first is it. */
  readonly scope?: string;
  /** What must hold of the accounts because of it; the auditor proves it. */
  readonly invariant: string;
  /** The same key is the same transfer, for ever. */
  readonly key: (wish: Wish) => string;
  /** What caused it, for people and statements; the key unless told. */
  readonly reference?: (wish: Wish) => string;
  /** Something outside that must be booked once only, e.g. a channel's trade number. */
  readonly externalId?: (wish: Wish) => string;
  /** See `TransferRequest.settlesHold`. */
  readonly settlesHold?: boolean;
  /** Signed from the owners' side, summing to zero; legs of zero are left out. Their order is part of the transfer's identity. */
  readonly legs: (wish: Wish) => readonly Leg[];
}

export interface Recipe<Wish> extends Pick<RecipeOptions<Wish>, 'kind' | 'invariant'> {
  readonly scope: string;
  (wish: Wish, headers: Headers): TransferRequest;
}

export function recipe<Wish>({ kind, scope = kind, invariant, ...how }: RecipeOptions<Wish>): Recipe<Wish> {
  const make = (wish: Wish, headers: Headers): TransferRequest => {
    const idempotencyKey = how.key(wish);
    return {
      kind,
      scope,
      idempotencyKey,
      reference: how.reference?.(wish) ?? idempotencyKey,
      externalId: how.externalId?.(wish) ?? null,
      headers,
      settlesHold: how.settlesHold ?? false,
      legs: how.legs(wish).filter(({ amount }) => amount !== 0n),
    };
  };
  return Object.assign(make, { kind, scope, invariant });
}
