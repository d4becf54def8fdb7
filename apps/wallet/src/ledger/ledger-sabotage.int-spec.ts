import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedlockOwnerLock } from '#libs/locks';
import { type TestRedis, eventually, startTestRedis } from '#libs/testing';
import { LedgerProcess } from '../testing/ledger-process.js';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { untilWaits } from '../testing/row-locks.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import type { AccountRef } from './chart-of-accounts.js';

let book: TestLedger;
let lockless: readonly LedgerReplica[];

beforeAll(async () => {
  book = await startTestLedger();
  lockless = [await book.replica(), await book.replica(), await book.replica()];
}, 60_000);
afterAll(() => book.stop());

const WHOLE = 50_000_000n;
const cash = (ownerId: string): AccountRef => ({ kind: 'merchant_cash', ownerId });

const replica = (index: number): LedgerReplica => {
  const chosen = lockless[index % lockless.length];
  if (!chosen) throw new Error('There is no replica');
  return chosen;
};

describe('a lock that is granted to all', () => {
  it('lets one of a hundred take the whole balance, and whoever was refused stays refused when money has come', async () => {
    const merchant = newMerchant();
    await replica(0).ledger.post(recharge({ merchant, micros: WHOLE }));
    const requests = Array.from({ length: 100 }, () => takeOut(merchant, WHOLE));

    const outcomes = await Promise.all(requests.map((request, index) => replica(index).ledger.post(request)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect([outcomes.length - refused.length, refused.length]).toEqual([1, 99]);

    await replica(0).ledger.post(recharge({ merchant, micros: 200n * WHOLE }));
    const again = await Promise.all(
      requests.map((request, index) => replica(index + 1).ledger.post(request)),
    );

    expect(again).toEqual(outcomes.map((outcome) => ({ ...outcome, replayed: true })));
    expect(await book.balanceOf(merchant)).toBe(200n * WHOLE);
    expect(await book.sums()).toEqual({ balances: 0n, entries: 0n });
  });
});

describe('a holder of the lock that stands still for longer than the lock lives', () => {
  const TTL_MS = 300;
  let server: TestRedis;
  let redis: Redis;
  let paused: LedgerProcess;
  let other: LedgerReplica;

  beforeAll(async () => {
    server = await startTestRedis();
    redis = new Redis(server.url);
    other = await book.replica({
      lock: new RedlockOwnerLock({ redis, observer: { onUnlocked: () => undefined }, waitMs: 30_000 }),
    });
    paused = await LedgerProcess.start({
      mysqlUrl: book.url,
      schema: book.database.schema,
      redisUrl: server.url,
      lockTtlMs: TTL_MS,
    });
  }, 60_000);
  afterAll(async () => {
    await paused.kill();
    redis.disconnect();
    await server.stop();
  });

  const order = (merchant: string) => ({
    merchant,
    micros: String(WHOLE),
    // Before all others in the index: whoever waits for a key also keeps new ones from standing beside it.
    idempotencyKey: `0-${merchant}`,
  });
  /** It was released by nobody, and no watchdog has extended it. */
  const untilExpired = () => eventually('the lock has run out', async () => (await redis.dbsize()) === 0);

  it('before it has looked at the wallet finds it empty when it goes on', async () => {
    const merchant = newMerchant();
    await other.ledger.post(recharge({ merchant, micros: WHOLE }));
    const undone = new Error('undone');
    let report: ReturnType<LedgerProcess['takeOut']> | undefined;
    const standingInItsWay = book.database.transaction(async (transaction) => {
      // Whoever claims this key waits here.
      await transaction.write(
        "INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `reference`, `created_at`) VALUES (1, 'recharge', ?, '', 'recharge', 'posted', '', UTC_TIMESTAMP(6))",
        [order(merchant).idempotencyKey],
      );
      report = paused.takeOut(order(merchant));
      await untilWaits(book.database, 'INSERT INTO `transfer`');
      paused.standStill();
      await untilExpired();
      throw undone;
    });
    await expect(standingInItsWay).rejects.toBe(undone);

    expect(await other.ledger.post(takeOut(merchant, WHOLE))).toMatchObject({ status: 'posted' });
    paused.goOn();

    expect((await report)?.outcome).toMatchObject({ status: 'rejected', code: 'INSUFFICIENT_FUNDS' });
    expect((await report)?.unlocked).toContain('lost');
    expect(await book.balanceOf(merchant)).toBe(0n);
    expect((await book.entriesOf(merchant)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('in the middle of its transaction keeps what it has begun, and the other finds the wallet empty', async () => {
    const merchant = newMerchant();
    await other.ledger.post(recharge({ merchant, micros: WHOLE }));
    // It has met this wallet before, and needn't open it.
    await paused.takeOut({ ...order(merchant), idempotencyKey: `1-${merchant}`, micros: String(WHOLE + 1n) });
    let report: ReturnType<LedgerProcess['takeOut']> | undefined;
    await book.database.transaction(async (transaction) => {
      await other.accounts.lock(transaction, [cash(merchant)]);
      report = paused.takeOut(order(merchant));
      await untilWaits(book.database, 'SELECT');
      paused.standStill();
      await untilExpired();
    });
    const late = other.ledger.post(takeOut(merchant, WHOLE));
    await untilWaits(book.database, 'SELECT');
    paused.goOn();

    expect((await report)?.outcome).toMatchObject({ status: 'posted' });
    expect(await late).toMatchObject({ status: 'rejected', code: 'INSUFFICIENT_FUNDS' });
    expect(await book.balanceOf(merchant)).toBe(0n);
    expect((await book.entriesOf(merchant)).map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
