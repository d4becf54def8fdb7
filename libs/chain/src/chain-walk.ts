import { CHAIN_START, type ChainedEntry, linkOf } from './entry-link.js';

/** An entry as it stands in the book. */
export interface StandingEntry extends ChainedEntry {
  readonly link: Buffer;
}

export type EntryProblem = 'entries_missing' | 'balance_does_not_run' | 'link_broken';

/** Where a walk along an account's entries is: after entry `seq`. */
export interface ChainPosition {
  readonly seq: number;
  /** What the newest link can be; empty when nothing is known, several after an entry that did not fit. */
  readonly links: readonly Buffer[];
  readonly balances: readonly bigint[];
}

export const CHAIN_BEGIN: ChainPosition = { seq: 0, links: [CHAIN_START], balances: [0n] };

/** Damage upon damage must not multiply without bound. */
const MOST_GUESSES = 8;

/**
 * Walks along an account's entries in their order and says of each whether it continues what was before. After one that
 * does not fit, the next may continue either what stands there or what should stand there: so one changed byte is one
 * finding, at its own place, and not a second one after it.
 */
export class ChainWalk {
  constructor(private at: ChainPosition = CHAIN_BEGIN) {}

  get position(): ChainPosition {
    return this.at;
  }

  /** @param seals what the transfer's seal can be: as it stands and, where that is not the same, as it should. */
  step(entry: StandingEntry, seals: readonly Buffer[]): EntryProblem[] {
    const problems: EntryProblem[] = [];
    const isNext = entry.seq === this.at.seq + 1;
    if (!isNext) problems.push('entries_missing');
    const before = isNext ? this.at : { links: [], balances: [] };

    const balances = before.balances.map((balance) => balance + entry.amount);
    if (balances.length > 0 && !balances.includes(entry.balanceAfter)) problems.push('balance_does_not_run');
    const links = before.links.flatMap((link) => seals.map((seal) => linkOf(link, entry, seal)));
    if (before.links.length > 0 && !links.some((link) => link.equals(entry.link)))
      problems.push('link_broken');

    const fits = problems.length === 0 || !isNext;
    this.at = {
      seq: entry.seq,
      links: [entry.link, ...(fits ? [] : links)].slice(0, MOST_GUESSES),
      balances: [entry.balanceAfter, ...(fits ? [] : balances)].slice(0, MOST_GUESSES),
    };
    return problems;
  }
}
