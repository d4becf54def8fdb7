import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { type StatementReader, readStatements } from '../testing/statement-reader.js';

let book: TestLedger;
let replica: LedgerReplica;
let statement: StatementReader['controller'];

beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  statement = readStatements(book.database).controller;
}, 60_000);
afterAll(() => book.stop());

/** A merchant with so many entries of one yuan each. */
async function merchantWith(entries: number): Promise<string> {
  const merchant = newMerchant();
  for (let count = 0; count < entries; count += 1) {
    await replica.ledger.post(recharge({ merchant, micros: 1_000_000n }));
  }
  return merchant;
}

const list = (ownerId: string, more: { cursor?: string; afterSeq?: number; limit?: number } = {}) =>
  statement.listEntries({ ownerId, account: 'merchant_cash', limit: 20, ...more });

describe('a wallet', () => {
  it('shows what is in it, what of that is promised, and how many entries made it', async () => {
    const ownerId = await merchantWith(3);
    await replica.ledger.post(takeOut(ownerId, 500_000n));
    await book.database.write('UPDATE `account` SET `held` = 1000000 WHERE `code` = ?', [
      `merchant_cash:${ownerId}`,
    ]);
    expect(await statement.getWallet({ ownerId })).toEqual({
      ownerId,
      accounts: [
        { kind: 'merchant_cash', posted: 2_500_000n, held: 1_000_000n, available: 1_500_000n, version: 4 },
      ],
    });
  });

  it('of somebody without one has no accounts and no entries', async () => {
    const ownerId = newMerchant();
    expect(await statement.getWallet({ ownerId })).toEqual({ ownerId, accounts: [] });
    expect(await list(ownerId)).toEqual({ items: [], nextCursor: null });
  });
});

describe('a statement', () => {
  it('shows what each entry was, with the balance after it, newest first', async () => {
    const ownerId = newMerchant();
    const first = recharge({ merchant: ownerId });
    await replica.ledger.post(first);
    await replica.ledger.post(takeOut(ownerId, 20_000_000n));

    const { items } = await list(ownerId);

    expect(items.map(({ seq, amount, balanceAfter }) => [seq, amount, balanceAfter])).toEqual([
      [2, -20_000_000n, 30_000_000n],
      [1, 50_000_000n, 50_000_000n],
    ]);
    expect(items[1]).toMatchObject({
      kind: 'recharge',
      reference: first.reference,
      createdAt: expect.any(Date),
    });
  });

  it('is paged without a gap or a repetition, also when money comes in between', async () => {
    const ownerId = await merchantWith(7);
    const first = await list(ownerId, { limit: 3 });
    await replica.ledger.post(recharge({ merchant: ownerId }));
    const second = await list(ownerId, { limit: 3, cursor: first.nextCursor ?? '' });
    const third = await list(ownerId, { limit: 3, cursor: second.nextCursor ?? '' });

    const seqs = [first, second, third].map(({ items }) => items.map(({ seq }) => seq));
    expect(seqs).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    expect(third.nextCursor).toBeNull();
  });

  it('gives a page that was away what it has missed, and nothing that it knows', async () => {
    const ownerId = await merchantWith(5);
    expect((await list(ownerId, { afterSeq: 3 })).items.map(({ seq }) => seq)).toEqual([5, 4]);
    expect((await list(ownerId, { afterSeq: 5 })).items).toEqual([]);
  });

  it("is nobody else's", async () => {
    const [mine, theirs] = [await merchantWith(1), await merchantWith(2)];
    expect((await list(mine)).items).toHaveLength(1);
    expect((await list(theirs)).items).toHaveLength(2);
  });
});
