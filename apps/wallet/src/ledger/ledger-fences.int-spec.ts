import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedlockOwnerLock, type UnlockedReason } from '#libs/locks';
import { eventually, startTestRedis } from '#libs/testing';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { ALIPAY_CLEARING, type AccountRef } from './chart-of-accounts.js';
import { TransferRepository } from './transfer.repository.js';

let book: TestLedger;
let one: LedgerReplica;
let other: LedgerReplica;

beforeAll(async () => {
  book = await startTestLedger();
  one = await book.replica();
  other = await book.replica();
}, 60_000);
afterAll(() => book.stop());

const ONCE = { transfers: 1, entries: 3, events: 1 };
const cash = (ownerId: string): AccountRef => ({ kind: 'merchant_cash', ownerId });

describe('two replicas', () => {
  it('that get the same requests at once post each once, in whatever order they come', async () => {
    const merchants = Array.from({ length: 4 }, newMerchant);
    const requests = Array.from({ length: 60 }, (_, index) =>
      recharge({ merchant: merchants[index % 4] ?? '', micros: 1_000_000n }),
    );

    const outcomes = await Promise.all([
      ...requests.map((request) => one.ledger.post(request)),
      ...requests.toReversed().map((request) => other.ledger.post(request)),
    ]);

    expect(outcomes.every(({ status }) => status === 'posted')).toBe(true);
    expect(new Set(outcomes.map(({ transferId }) => transferId)).size).toBe(60);
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(60);
    for (const request of requests) expect(await book.countsOf(request.idempotencyKey)).toEqual(ONCE);
    for (const merchant of merchants) expect(await book.balanceOf(merchant)).toBe(15_000_000n);
    expect(await book.sums()).toEqual({ balances: 0n, entries: 0n });
  });

  it('that empty one wallet at once take what is in it, and not more', async () => {
    const merchant = newMerchant();
    await one.ledger.post(recharge({ merchant }));

    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? one : other).ledger.post(takeOut(merchant, 10_000_000n)),
      ),
    );

    expect(outcomes.filter(({ status }) => status === 'posted')).toHaveLength(5);
    expect(await book.balanceOf(merchant)).toBe(0n);
    const entries = await book.entriesOf(merchant);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(entries.at(-1)?.balanceAfter).toBe(0n);
  });

  it('book one trade of the channel once, though two orders claim it at the same moment', async () => {
    const merchant = newMerchant();
    const [first, second] = [recharge({ merchant }), recharge({ merchant })];
    const externalId = first.externalId;

    const outcomes = await Promise.all([
      one.ledger.post(first),
      other.ledger.post({ ...second, externalId }),
    ]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['posted', 'rejected']);
    expect(await book.balanceOf(merchant)).toBe(50_000_000n);
  });
});

describe('one request of a batch that can not be stored', () => {
  const ownerOutOfRange = '9999999999999999999';
  it.each([
    ['an owner that fits no column', () => recharge({ merchant: ownerOutOfRange })],
    ['an owner that is no number', () => recharge({ merchant: 'nobody' })],
    ['a reference that is too long', () => recharge({ merchant: newMerchant(), reference: 'x'.repeat(81) })],
  ])('(%s) is refused alone', async (_what, badRequest) => {
    const merchant = newMerchant();
    const good = Array.from({ length: 49 }, () => recharge({ merchant, micros: 1_000_000n }));
    const bad = badRequest();

    const results = await Promise.allSettled(
      [...good.slice(0, 20), bad, ...good.slice(20)].map((request) => one.ledger.post(request)),
    );

    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    // A defect, with all that the log needs: nothing that a caller could be told to act on.
    expect(results[20]).toMatchObject({
      status: 'rejected',
      reason: { name: 'QueryFailedError' },
    });
    expect(await book.balanceOf(merchant)).toBe(49_000_000n);
    expect(await book.countsOf(bad.idempotencyKey)).toMatchObject({ transfers: 0, events: 0 });
  });
});

describe('what MySQL itself refuses', () => {
  it('is a balance that was computed from an older one', async () => {
    const merchant = newMerchant();
    await one.ledger.post(recharge({ merchant }));
    const stale = await book.database.transaction((transaction) =>
      one.accounts.lock(transaction, [cash(merchant)]),
    );
    await other.ledger.post(recharge({ merchant }));

    const saving = book.database.transaction((transaction) =>
      one.accounts.save(
        transaction,
        stale,
        [...stale.values()].map((account) => ({
          ...account,
          posted: account.posted - 50_000_000n,
          version: account.version + 1,
        })),
        new Map(),
      ),
    );

    await expect(saving).rejects.toThrow('Of 1 accounts only 0 still had the version that was locked');
    expect(await book.balanceOf(merchant)).toBe(100_000_000n);
  });

  it('is an entry under a number that is taken', async () => {
    const merchant = newMerchant();
    const request = recharge({ merchant });
    const { transferId } = await one.ledger.post(request);
    const [account] = await one.accounts.findByOwner(merchant);
    const entry = {
      transferId,
      link: Buffer.alloc(32),
      accountId: account?.id ?? '',
      ownerId: merchant,
      account: 'merchant_cash',
      seq: 1,
      amount: 5n,
      balanceAfter: 5n,
    };
    const writing = book.database.transaction((transaction) =>
      new TransferRepository().insertEntries(transaction, [entry]),
    );
    await expect(writing).rejects.toMatchObject({ driverError: { errno: 1062 } });
  });

  it.each([
    ['a wallet below zero', 'UPDATE `account` SET `posted` = -1 WHERE `code` = ?', 'account_floor'],
    [
      'more promised than there is',
      'UPDATE `account` SET `held` = `posted` + 1 WHERE `code` = ?',
      'account_floor',
    ],
    ['less than nothing promised', 'UPDATE `account` SET `held` = -1 WHERE `code` = ?', 'account_held'],
    ['an account on neither side', "UPDATE `account` SET `side` = 'left' WHERE `code` = ?", 'account_side'],
  ])('is %s, also by hand', async (_what, sql, constraint) => {
    const merchant = newMerchant();
    await one.ledger.post(recharge({ merchant }));
    await expect(book.database.write(sql, [`merchant_cash:${merchant}`])).rejects.toThrow(constraint);
    expect(await book.balanceOf(merchant)).toBe(50_000_000n);
  });

  it.each([
    [
      'an entry of nothing',
      'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`) VALUES (?, 99, ?, 0, 0)',
      'entry_amount',
    ],
    [
      'an entry of no transfer',
      'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`) VALUES (?, 99, ? + 1, 5, 5)',
      'entry_of_transfer',
    ],
    [
      'an entry of no account',
      'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`) VALUES (? + 1, 99, ?, 5, 5)',
      'entry_account',
    ],
  ])('is %s', async (_what, sql, constraint) => {
    const merchant = newMerchant();
    const { transferId } = await one.ledger.post(recharge({ merchant }));
    const [account] = await one.accounts.findByOwner(merchant);
    await expect(book.database.write(sql, [BigInt(account?.id ?? 0), BigInt(transferId)])).rejects.toThrow(
      constraint,
    );
  });
});

describe('locking accounts', () => {
  it('locks those that were asked for, though their ids are too large for a double to tell apart', async () => {
    const merchant = newMerchant();
    await one.ledger.post(recharge({ merchant }));
    const locked = await book.database.transaction((transaction) =>
      one.accounts.lock(transaction, [{ system: ALIPAY_CLEARING }, cash(merchant)]),
    );
    expect([...locked.keys()]).toEqual([`merchant_cash:${merchant}`, 'system:alipay_clearing']);
  });
});

describe('a frozen wallet', () => {
  it('gives nothing and takes what comes, and each decision stays what it was', async () => {
    const merchant = newMerchant();
    await one.ledger.post(recharge({ merchant }));
    const freeze = (frozen: number) =>
      book.database.write('UPDATE `account` SET `frozen` = ? WHERE `code` = ?', [
        frozen,
        `merchant_cash:${merchant}`,
      ]);
    await freeze(1);
    const out = takeOut(merchant, 10_000_000n);

    const refused = await one.ledger.post(out);
    expect(refused).toMatchObject({ status: 'rejected', code: 'ACCOUNT_FROZEN' });
    expect(await one.ledger.post(recharge({ merchant }))).toMatchObject({ status: 'posted' });
    expect(await book.balanceOf(merchant)).toBe(100_000_000n);

    await freeze(0);
    expect(await one.ledger.post(out)).toEqual({ ...refused, replayed: true });
    expect(await one.ledger.post(takeOut(merchant, 10_000_000n))).toMatchObject({ status: 'posted' });
    expect(await book.balanceOf(merchant)).toBe(90_000_000n);
  });
});

describe('a lock', () => {
  /** Two replicas that keep wallets apart by a Redis of this test's own. */
  async function locked(ttlMs: number) {
    const server = await startTestRedis();
    const redis = new Redis(server.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 20,
    });
    redis.on('error', () => undefined);
    await eventually('Redis is connected', () => redis.status === 'ready');
    const unlocked: UnlockedReason[] = [];
    const lock = () =>
      new RedlockOwnerLock({
        redis,
        observer: { onUnlocked: (_owner, reason) => void unlocked.push(reason) },
        ttlMs,
      });
    const [first, second] = [await book.replica({ lock: lock() }), await book.replica({ lock: lock() })];
    return {
      first,
      second,
      redis,
      server,
      unlocked,
      stop: async () => {
        redis.disconnect();
        await server.stop();
      },
    };
  }

  it('that ends in the middle of a posting lets another in, and the wallet is emptied once all the same', async () => {
    const { first, second, redis, unlocked, stop } = await locked(150);
    const merchant = newMerchant();
    await one.ledger.post(recharge({ merchant }));
    const postings: ReturnType<LedgerReplica['ledger']['post']>[] = [];

    await book.database.transaction(async (transaction) => {
      // Whoever posts waits here, in the middle of its transaction, for as long as the test likes.
      await one.accounts.lock(transaction, [cash(merchant)]);
      postings.push(first.ledger.post(takeOut(merchant, 50_000_000n)));
      await eventually('the first holds the lock', async () => (await redis.keys('*')).length === 1);
      await redis.flushall();
      await eventually('the first has noticed', () => unlocked.includes('lost'));
      postings.push(second.ledger.post(takeOut(merchant, 50_000_000n)));
      await eventually('the second holds the lock', async () => (await redis.keys('*')).length === 1);
    });
    const outcomes = await Promise.all(postings);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['posted', 'rejected']);
    expect(await book.balanceOf(merchant)).toBe(0n);
    expect((await book.entriesOf(merchant)).map(({ seq }) => seq)).toEqual([1, 2]);
    await stop();
  });

  it('that nobody can have, since Redis is gone, costs nobody a cent', async () => {
    const { first, second, server, unlocked, stop } = await locked(10_000);
    const merchant = newMerchant();
    await server.kill();
    const requests = Array.from({ length: 20 }, () => recharge({ merchant, micros: 1_000_000n }));

    const outcomes = await Promise.all(
      requests.flatMap((request) => [first.ledger.post(request), second.ledger.post(request)]),
    );

    expect(outcomes.every(({ status }) => status === 'posted')).toBe(true);
    expect(await book.balanceOf(merchant)).toBe(20_000_000n);
    for (const request of requests) expect(await book.countsOf(request.idempotencyKey)).toEqual(ONCE);
    expect(unlocked).toContain('redis-unreachable');
    await stop();
  });
});
