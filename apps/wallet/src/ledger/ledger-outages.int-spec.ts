import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CuttingProxy, type CutPoint } from '#libs/testing';
import { newMerchant, recharge } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { CommitOutcomeUnknownError } from '#libs/database';

let book: TestLedger;
let proxy: CuttingProxy;
/** Works by a connection that breaks at COMMIT when it is told to. */
let cut: LedgerReplica;
let direct: LedgerReplica;

beforeAll(async () => {
  book = await startTestLedger();
  proxy = await CuttingProxy.to(book.url);
  cut = await book.replica({ url: proxy.url });
  direct = await book.replica();
}, 60_000);
afterAll(async () => {
  await book.stop();
  await proxy.close();
});

const ONCE = { transfers: 1, entries: 3, events: 1 };

describe('a connection that breaks at COMMIT', () => {
  it.each<[string, CutPoint, boolean]>([
    ['before the server has heard of it', 'request', false],
    ['after it has committed', 'answer', true],
  ])('%s leaves one posting, and the caller knows', async (_when, point, replayed) => {
    const merchant = newMerchant();
    const request = recharge({ merchant });
    const cuts = proxy.cuts;
    proxy.cutAtCommit(point);

    const outcome = await cut.ledger.post(request);

    expect(proxy.cuts).toBe(cuts + 1);
    expect(outcome).toMatchObject({ status: 'posted', replayed });
    expect(await book.countsOf(request.idempotencyKey)).toEqual(ONCE);
    expect(await book.balanceOf(merchant)).toBe(50_000_000n);
    // And whoever asks again hears the same.
    expect(await direct.ledger.post(request)).toEqual({ ...outcome, replayed: true });
  });

  it.each<[string, CutPoint[]]>([
    ['again and again before', ['request', 'request', 'request', 'request', 'request']],
    ['again and again after', ['answer', 'answer', 'answer', 'answer']],
    ['now before and now after', ['request', 'answer', 'answer', 'request', 'answer']],
  ])('(%s) leaves each of a batch posted once', async (_how, points) => {
    const merchant = newMerchant();
    const requests = Array.from({ length: 16 }, () => recharge({ merchant, micros: 1_000_000n }));
    proxy.cutAtCommit(...points);

    const outcomes = await Promise.all(requests.map((request) => cut.ledger.post(request)));

    expect(outcomes.every(({ status }) => status === 'posted')).toBe(true);
    for (const request of requests) expect(await book.countsOf(request.idempotencyKey)).toEqual(ONCE);
    expect(await book.balanceOf(merchant)).toBe(16_000_000n);
    expect((await book.entriesOf(merchant)).map(({ seq }) => seq)).toEqual(
      requests.map((_, index) => index + 1),
    );
  });

  it('more often than it is looked up is told as what it is, and is the same posting when it is asked for again', async () => {
    const merchant = newMerchant();
    const request = recharge({ merchant });
    proxy.cutAtCommit('answer', 'answer', 'answer');

    await expect(cut.ledger.post(request)).rejects.toBeInstanceOf(CommitOutcomeUnknownError);

    expect(await cut.ledger.post(request)).toMatchObject({ status: 'posted', replayed: true });
    expect(await book.countsOf(request.idempotencyKey)).toEqual(ONCE);
    expect(await book.balanceOf(merchant)).toBe(50_000_000n);
  });

  it('under two replicas that post the same at the same time still leaves each posted once', async () => {
    const merchants = Array.from({ length: 5 }, newMerchant);
    const requests = Array.from({ length: 40 }, (_, index) =>
      recharge({ merchant: merchants[index % 5] ?? '', micros: 1_000_000n }),
    );
    proxy.cutAtCommit('answer', 'request', 'answer', 'request');

    const outcomes = await Promise.all([
      ...requests.map((request) => cut.ledger.post(request)),
      ...requests.toReversed().map((request) => direct.ledger.post(request)),
    ]);

    expect(outcomes.every(({ status }) => status === 'posted')).toBe(true);
    for (const request of requests) expect(await book.countsOf(request.idempotencyKey)).toEqual(ONCE);
    for (const merchant of merchants) expect(await book.balanceOf(merchant)).toBe(8_000_000n);
    expect(await book.sums()).toEqual({ balances: 0n, entries: 0n });
  });
});

describe('a MySQL that can not be reached', () => {
  it("is UNAVAILABLE to a merchant's first transfer as to any other, and nothing has happened", async () => {
    const way = await CuttingProxy.to(book.url);
    const replica = await book.replica({ url: way.url });
    const known = newMerchant();
    await replica.ledger.post(recharge({ merchant: known }));
    await way.close();

    for (const merchant of [known, newMerchant()]) {
      const request = recharge({ merchant });
      await expect(replica.ledger.post(request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(await book.countsOf(request.idempotencyKey)).toMatchObject({ transfers: 0 });
    }
  });
});
