import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { wallet } from '#libs/contracts';
import { type PlantedEntry, plantAccount } from '../testing/plant-account.js';
import { newMerchant } from '../testing/requests.js';
import { type StatementReader, readStatements } from '../testing/statement-reader.js';
import { type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { BLOCK_ENTRIES } from './statement-blocks.js';

const START = Date.UTC(2026, 9, 1);
const SECOND = 1_000;
const ENTRIES = BLOCK_ENTRIES * 5 + 77;
/** Rare enough to be missing in most blocks. */
const RARE: wallet.TransferKind = 'adjustment';

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** A life of an account, written by processes whose clocks differ; once in a while one of them is an hour ahead. */
function aLife(seed: number, count: number): PlantedEntry[] {
  const roll = dice(seed);
  const entries: PlantedEntry[] = [];
  let balance = 0n;
  for (let seq = 1; seq <= count; seq += 1) {
    const amount =
      balance > 1_000_000n && roll(3) === 0 ? -BigInt(1 + roll(1_000_000)) : BigInt(1 + roll(2_000_000));
    balance += amount;
    const lag = roll(300) === 0 ? 3_600 : roll(7) - 3;
    const createdAt = new Date(START + (seq * 10 + lag) * SECOND);
    const kind = roll(200) === 0 ? RARE : roll(4) === 0 ? 'refund_hold' : 'recharge';
    entries.push({ seq, amount, balanceAfter: balance, kind, createdAt });
  }
  return entries;
}

/** The rule, by replay: an entry counts from the latest time of it and all before it. */
function replay(entries: readonly PlantedEntry[], counts: (momentMs: number) => boolean): PlantedEntry[] {
  let latest = -Infinity;
  return entries.filter(({ createdAt }) => {
    latest = Math.max(latest, createdAt.getTime());
    return counts(latest);
  });
}

let book: TestLedger;
let reader: StatementReader;
let owner: string;
const life = aLife(20_261_121, ENTRIES);
const shortLife = aLife(7, BLOCK_ENTRIES - 1);

beforeAll(async () => {
  book = await startTestLedger();
  reader = readStatements(book.database);
  owner = newMerchant();
  await plantAccount(book.database, { kind: 'merchant_cash', ownerId: owner }, life);
  await plantAccount(book.database, { kind: 'merchant_bonus', ownerId: owner }, shortLife);
}, 60_000);
afterAll(() => book.stop());

const roll = dice(42);
/** Anywhere in a life, a little outside of it, and often at the very moment of an entry. */
function someMoment(): Date {
  const entry = life[roll(life.length)];
  if (entry && roll(3) === 0) return new Date(entry.createdAt.getTime() + roll(3) - 1);
  return new Date(START - 100 * SECOND + roll(ENTRIES * 10 + 4_000) * SECOND);
}

type Question = Partial<Parameters<StatementReader['controller']['listEntries']>[0]>;

async function listAll(question: Question): Promise<wallet.WalletEntry[]> {
  const found: wallet.WalletEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await reader.controller.listEntries({
      ownerId: owner,
      account: 'merchant_cash',
      limit: 100,
      ...question,
      cursor,
    });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe('what an account had at a moment', () => {
  it.each([
    ['merchant_cash' as const, life],
    ['merchant_bonus' as const, shortLife],
  ])('of %s is what a replay says, at a hundred moments', async (account, entries) => {
    for (let question = 0; question < 100; question += 1) {
      const at = someMoment();
      const made = replay(entries, (moment) => moment <= at.getTime());
      expect([
        at.toISOString(),
        await reader.controller.getBalanceAt({ ownerId: owner, account, at }),
      ]).toEqual([at.toISOString(), { balance: made.at(-1)?.balanceAfter ?? 0n, entries: made.length }]);
    }
  });

  it('is the same after more was posted, and to whoever asks first', async () => {
    const ownerId = newMerchant();
    const at = new Date(START + BLOCK_ENTRIES * 20 * SECOND);
    const longer = aLife(3, BLOCK_ENTRIES * 3);
    await plantAccount(book.database, { kind: 'merchant_cash', ownerId }, longer);
    const ask = () => reader.controller.getBalanceAt({ ownerId, account: 'merchant_cash', at });
    const expected = replay(longer, (moment) => moment <= at.getTime()).length;
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    expect(new Set(answers.map(({ entries }) => entries))).toEqual(new Set([expected]));

    // What is known of blocks follows from the entries alone.
    await book.database.write('DELETE FROM `statement_block`');
    expect((await ask()).entries).toBe(expected);
  });

  it('is nothing before the first entry, and nothing in an account that was never opened', async () => {
    const at = new Date(START - SECOND);
    const nothing = { balance: 0n, entries: 0 };
    expect(await reader.controller.getBalanceAt({ ownerId: owner, account: 'merchant_cash', at })).toEqual(
      nothing,
    );
    expect(
      await reader.controller.getBalanceAt({ ownerId: newMerchant(), account: 'merchant_cash', at }),
    ).toEqual(nothing);
  });
});

describe('a period', () => {
  it('has the entries of a replay, in both orders, and sums from its opening to its closing balance', async () => {
    for (let question = 0; question < 20; question += 1) {
      const [from, to] = [someMoment(), someMoment()].sort((a, b) => a.getTime() - b.getTime());
      if (!from || !to) throw new Error('two moments');
      const expected = replay(life, (moment) => moment >= from.getTime() && moment < to.getTime());
      const seqs = expected.map(({ seq }) => seq);
      const oldestFirst = await listAll({ from, to, order: 'oldest-first' });
      expect(oldestFirst.map(({ seq }) => seq)).toEqual(seqs);
      expect((await listAll({ from, to })).map(({ seq }) => seq)).toEqual(seqs.toReversed());

      const sum = (sign: (amount: bigint) => boolean) =>
        expected.reduce((total, { amount }) => (sign(amount) ? total + amount : total), 0n);
      const before = replay(life, (moment) => moment < from.getTime());
      const opening = before.at(-1)?.balanceAfter ?? 0n;
      expect(
        await reader.controller.summarizeStatement({ ownerId: owner, account: 'merchant_cash', from, to }),
      ).toEqual({
        opening,
        closing: opening + sum(() => true),
        credits: sum((amount) => amount > 0n),
        debits: sum((amount) => amount < 0n),
        firstSeq: before.length + 1,
        lastSeq: before.length + expected.length,
      });
    }
  });

  it('that ends before it begins is empty', async () => {
    const [from, to] = [new Date(START + 5_000 * SECOND), new Date(START + 4_000 * SECOND)];
    expect(await listAll({ from, to })).toEqual([]);
    const totals = await reader.controller.summarizeStatement({
      ownerId: owner,
      account: 'merchant_cash',
      from,
      to,
    });
    expect(totals.closing).toBe(totals.opening);
    expect(totals.lastSeq).toBe(totals.firstSeq - 1);
  });
});

describe('entries of one kind', () => {
  it.each([RARE, 'refund_hold', 'recharge', 'bonus'] as const)(
    '%s are all found, in both orders, in pages of any size',
    async (kind) => {
      const seqs = life.filter((entry) => entry.kind === kind).map(({ seq }) => seq);
      for (const limit of [1, 3, 100].slice(seqs.length > 50 ? 2 : 0)) {
        expect((await listAll({ kind, limit })).map(({ seq }) => seq)).toEqual(seqs.toReversed());
        expect((await listAll({ kind, limit, order: 'oldest-first' })).map(({ seq }) => seq)).toEqual(seqs);
      }
    },
  );

  it('can be asked for within a period, and after an entry', async () => {
    const [from, to] = [new Date(START + 2_000 * SECOND), new Date(START + 9_000 * SECOND)];
    const expected = replay(life, (moment) => moment >= from.getTime() && moment < to.getTime())
      .filter(({ kind, seq }) => kind === 'refund_hold' && seq > 300)
      .map(({ seq }) => seq);
    expect(expected.length).toBeGreaterThan(20);
    const found = await listAll({ kind: 'refund_hold', from, to, afterSeq: 300, order: 'oldest-first' });
    expect(found.map(({ seq }) => seq)).toEqual(expected);
  });
});
