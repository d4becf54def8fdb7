import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transaction } from '#libs/database';
import { newMerchant, recharge } from '../testing/requests.js';
import { untilWaits } from '../testing/row-locks.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import type { AccountRef } from './chart-of-accounts.js';
import type { TransferRequest } from './transfer.js';

/**
 * Two transactions that each hold what the other waits for are untangled by MySQL and run again, so that nothing is lost
 * and every other test passes: only here is it seen that it does not come to that.
 */
let book: TestLedger;
let replica: LedgerReplica;

beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
}, 60_000);
afterAll(() => book.stop());

const cash = (ownerId: string): AccountRef => ({ kind: 'merchant_cash', ownerId });

/** From one wallet to another: its accounts in the order of the legs. */
const move = (from: string, to: string): TransferRequest =>
  recharge({
    externalId: null,
    legs: [
      { account: cash(from), amount: -1_000_000n },
      { account: cash(to), amount: 1_000_000n },
    ],
  });

/** Merchants with a wallet each, in the order of the wallets' ids. */
async function merchantsById(): Promise<[string, string]> {
  const [one, other] = [newMerchant(), newMerchant()];
  for (const merchant of [one, other]) await replica.ledger.post(recharge({ merchant }));
  const [[first], [second]] = [
    await replica.accounts.findByOwner(one),
    await replica.accounts.findByOwner(other),
  ];
  return BigInt(first?.id ?? 0) < BigInt(second?.id ?? 0) ? [one, other] : [other, one];
}

/** Does something in a transaction that is rolled back. */
async function withoutTrace(work: (transaction: Transaction) => Promise<unknown>): Promise<void> {
  const undone = new Error('undone');
  await expect(
    book.database.transaction(async (transaction) => {
      await work(transaction);
      throw undone;
    }),
  ).rejects.toBe(undone);
}

describe('a transfer that has to wait for a wallet', () => {
  it('holds none of those that come after it, in whatever order its legs name them', async () => {
    const [low, high] = await merchantsById();
    const postings: Promise<unknown>[] = [];

    await book.database.transaction(async (transaction) => {
      await replica.accounts.lock(transaction, [cash(low)]);
      postings.push(replica.ledger.post(move(high, low)));
      await untilWaits(book.database, 'SELECT');
      await withoutTrace((other) =>
        other.query('SELECT 1 FROM `account` WHERE `code` = ? FOR UPDATE NOWAIT', [`merchant_cash:${high}`]),
      );
    });

    expect(await Promise.all(postings)).toMatchObject([{ status: 'posted' }]);
  });
});

describe('a batch that has to wait for a key', () => {
  it('has not taken those that come after it, in whatever order they arrived', async () => {
    const [low, high] = await merchantsById();
    const [first, second] = ['a', 'b'].map((name) => `${name}${low}`);
    const batch = [second, first].map((idempotencyKey = '') => ({ ...move(high, low), idempotencyKey }));
    const claim = (transaction: Transaction, id: bigint, key = '') =>
      transaction.write(
        "SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `reference`, `created_at`) VALUES (?, 'recharge', ?, '', 'recharge', 'posted', '', UTC_TIMESTAMP(6))",
        [id, key],
      );
    const postings: Promise<unknown>[] = [];

    await withoutTrace(async (transaction) => {
      await claim(transaction, 1n, first);
      postings.push(...batch.map((request) => replica.ledger.post(request)));
      await untilWaits(book.database, 'INSERT INTO `transfer`');
      await withoutTrace((other) => claim(other, 2n, second));
    });

    expect(await Promise.all(postings)).toMatchObject([{ status: 'posted' }, { status: 'posted' }]);
  });
});
