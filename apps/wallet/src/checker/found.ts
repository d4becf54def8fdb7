import { createHash } from 'node:crypto';
import type { wallet } from '#libs/contracts';

/** Something that is wrong with the book, before it is known whether it was found before. */
export interface Found {
  readonly place: wallet.FindingPlace;
  readonly accountId: string | null;
  readonly account: string | null;
  readonly seq: number | null;
  readonly transferId: string | null;
  readonly problems: readonly wallet.LedgerProblem[];
  readonly detail: string;
  /** What stands there and is wrong: other facts at the same place are another finding. */
  readonly facts: readonly unknown[];
  /** The accounts whose balance may be wrong because of it. */
  readonly concerns: readonly string[];
}

/** Where it is, in one word. */
export function placeKeyOf({ place, accountId, seq, transferId }: Found): string {
  if (place === 'book') return place;
  if (place === 'transfer') return `${place}:${transferId}`;
  return place === 'entry' ? `${place}:${accountId}:${seq}` : `${place}:${accountId}`;
}

export function fingerprintOf({ facts }: Found): Buffer {
  return createHash('sha256').update(JSON.stringify(facts, asText)).digest();
}

const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
