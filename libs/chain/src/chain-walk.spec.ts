import { describe, expect, it } from '@jest/globals';
import { CHAIN_BEGIN, ChainWalk, type StandingEntry } from './chain-walk.js';
import { CHAIN_START, linkOf } from './entry-link.js';

const SEAL = Buffer.alloc(32, 9);

/** Five entries of 10 each, as a ledger writes them. */
function chain(): StandingEntry[] {
  let link = CHAIN_START;
  return [1, 2, 3, 4, 5].map((seq) => {
    const facts = {
      accountId: '7',
      seq,
      transferId: String(100 + seq),
      amount: 10n,
      balanceAfter: 10n * BigInt(seq),
    };
    link = linkOf(link, facts, SEAL);
    return { ...facts, link };
  });
}

/** What is said of each entry that does not fit. */
function walk(entries: readonly StandingEntry[], from = CHAIN_BEGIN, seals = [SEAL]) {
  const along = new ChainWalk(from);
  return entries.flatMap((entry) => {
    const problems = along.step(entry, seals);
    return problems.length > 0 ? [[entry.seq, ...problems]] : [];
  });
}

const changed = (seq: number, change: Partial<StandingEntry>) =>
  chain().map((entry) => (entry.seq === seq ? { ...entry, ...change } : entry));

describe('a walk along a chain', () => {
  it('has nothing to say of one that is whole, and ends where it does', () => {
    const along = new ChainWalk();
    for (const entry of chain()) expect(along.step(entry, [SEAL])).toEqual([]);
    expect(along.position).toEqual({ seq: 5, links: [chain()[4]?.link], balances: [50n] });
  });

  it.each<[string, Partial<StandingEntry>, string[]]>([
    ['amount', { amount: 11n }, ['balance_does_not_run', 'link_broken']],
    ['balance', { balanceAfter: 31n }, ['balance_does_not_run', 'link_broken']],
    ['transfer', { transferId: '104' }, ['link_broken']],
    ['link', { link: Buffer.alloc(32, 1) }, ['link_broken']],
  ])('blames an entry whose %s was changed, and none after it', (_what, change, problems) => {
    expect(walk(changed(3, change))).toEqual([[3, ...problems]]);
  });

  it('blames both of two that were changed', () => {
    const both = changed(2, { link: Buffer.alloc(32, 1) }).map((entry) =>
      entry.seq === 3 ? { ...entry, amount: 9n } : entry,
    );
    expect(walk(both)).toEqual([
      [2, 'link_broken'],
      [3, 'balance_does_not_run', 'link_broken'],
    ]);
  });

  it('says what is missing before the next that is there', () => {
    expect(walk(chain().filter(({ seq }) => seq !== 3))).toEqual([[4, 'entries_missing']]);
    expect(walk(chain().slice(1))).toEqual([[2, 'entries_missing']]);
  });

  it('takes any of the seals that a transfer can have', () => {
    expect(walk(chain(), CHAIN_BEGIN, [Buffer.alloc(32, 1), SEAL])).toEqual([]);
    expect(walk(chain().slice(0, 1), CHAIN_BEGIN, [Buffer.alloc(32, 1)])).toEqual([[1, 'link_broken']]);
  });

  it('goes on from where another one ended, and takes the first as it stands when nothing is known before it', () => {
    const along = new ChainWalk();
    for (const entry of chain().slice(0, 2)) along.step(entry, [SEAL]);
    expect(walk(chain().slice(2), along.position)).toEqual([]);
    expect(walk(chain().slice(2), { seq: 2, links: [], balances: [] })).toEqual([]);
  });
});
