import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wallet } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { recharge, takeOut } from '../testing/requests.js';
import { type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { ALIPAY_CLEARING, CHANNEL_FEE } from './chart-of-accounts.js';
import type { LedgerService } from './ledger.service.js';

let book: TestLedger;
let ledger: LedgerService;

beforeAll(async () => {
  book = await startTestLedger();
  ({ ledger } = await book.replica());
}, 60_000);
afterAll(() => book.stop());

const sum = async () => (await book.sums()).balances;

describe('posting a transfer', () => {
  it('credits the merchant, and the book still sums to zero', async () => {
    const outcome = await ledger.post(recharge({ merchant: '100' }));

    expect(outcome).toMatchObject({ status: 'posted', replayed: false });
    expect(await book.balanceOf('100')).toBe(50_000_000n);
    expect(await sum()).toBe(0n);
  });

  it('tells of it through the outbox, with the balances that it left', async () => {
    const outcome = await ledger.post(recharge({ merchant: '101' }));

    const told = await eventually('the event is relayed', () =>
      book.relayed.find(
        (event) => (event.payload as { transferId: string }).transferId === outcome.transferId,
      ),
    );
    expect(told.name).toBe(wallet.transferPosted.name);
    expect(told.payload).toMatchObject({
      kind: 'recharge',
      entries: expect.arrayContaining([
        { ownerId: '101', account: 'merchant_cash', seq: 1, amount: '50000000', balanceAfter: '50000000' },
      ]),
    });
  });

  it('moves nothing when the same request comes fifty times at once', async () => {
    const request = recharge({ merchant: '102' });

    const outcomes = await Promise.all(Array.from({ length: 50 }, () => ledger.post(request)));

    expect(new Set(outcomes.map((outcome) => outcome.transferId)).size).toBe(1);
    expect(outcomes.filter((outcome) => !outcome.replayed)).toHaveLength(1);
    expect(await book.balanceOf('102')).toBe(50_000_000n);
  });

  it('gives the stored decision to a repetition after the batch', async () => {
    const request = recharge({ merchant: '103' });
    const first = await ledger.post(request);

    expect(await ledger.post(request)).toEqual({ ...first, replayed: true });
    expect(await book.balanceOf('103')).toBe(50_000_000n);
  });

  it('refuses the same key for another transfer, and names it', async () => {
    const request = recharge({ merchant: '104' });
    await ledger.post(request);

    const other = recharge({ merchant: '104', micros: 99_000_000n, idempotencyKey: request.idempotencyKey });

    await expect(ledger.post(other)).rejects.toMatchObject({
      code: 'TRANSFER_KEY_CONFLICT',
      message: expect.stringContaining(`recharge/${request.idempotencyKey}`),
    });
    expect(await book.balanceOf('104')).toBe(50_000_000n);
  });

  it('tells two different requests under one key apart even when they arrive in one batch', async () => {
    const request = recharge({ merchant: '105' });
    const other = recharge({ merchant: '105', micros: 1_000_000n, idempotencyKey: request.idempotencyKey });

    const [first, second] = await Promise.allSettled([ledger.post(request), ledger.post(other)]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'TRANSFER_KEY_CONFLICT' }),
    });
    expect(await book.balanceOf('105')).toBe(50_000_000n);
  });

  it('books one trade of a channel once, even for two orders', async () => {
    const request = recharge({ merchant: '106' });
    await ledger.post(request);

    const again = await ledger.post(recharge({ merchant: '106', externalId: request.externalId }));

    expect(again).toMatchObject({ status: 'rejected', code: 'EXTERNAL_ID_TAKEN' });
    expect(await book.balanceOf('106')).toBe(50_000_000n);
  });

  it('leaves the trade of a rejected transfer to the one that will be posted', async () => {
    const huge = 2n ** 63n;
    const rejected = recharge({
      legs: [
        { account: { kind: 'merchant_cash', ownerId: '107' }, amount: huge },
        { account: { system: ALIPAY_CLEARING }, amount: -huge },
      ],
    });
    expect(await ledger.post(rejected)).toMatchObject({ code: 'BALANCE_OUT_OF_RANGE' });

    const { externalId } = rejected;
    expect(await ledger.post(recharge({ merchant: '107', externalId }))).toMatchObject({ status: 'posted' });
    expect(await ledger.post(recharge({ merchant: '107', externalId }))).toMatchObject({
      code: 'EXTERNAL_ID_TAKEN',
    });
    expect(await book.balanceOf('107')).toBe(50_000_000n);
  });

  it('leaves it also to one that came in the same batch, whatever its key, and to that one alone', async () => {
    const huge = 2n ** 63n;
    const [second, third] = [recharge({ merchant: '108' }), recharge({ merchant: '108' })];
    const { externalId } = second;
    const rejected = recharge({
      externalId,
      legs: [
        { account: { kind: 'merchant_cash', ownerId: '108' }, amount: huge },
        { account: { system: ALIPAY_CLEARING }, amount: -huge },
      ],
    });

    const requests = [rejected, { ...third, externalId }, second];
    const outcomes = await Promise.all(requests.map((request) => ledger.post(request)));

    expect(outcomes).toMatchObject([
      { code: 'BALANCE_OUT_OF_RANGE' },
      { status: 'posted' },
      { code: 'EXTERNAL_ID_TAKEN' },
    ]);
    expect(await book.balanceOf('108')).toBe(50_000_000n);
  });

  it('posts a thousand transfers of a hundred wallets at once, each exactly once', async () => {
    const before = await sum();
    const requests = Array.from({ length: 1_000 }, (_, index) =>
      recharge({ merchant: String(20_000 + (index % 100)), micros: 1_000_000n }),
    );

    const outcomes = await Promise.all(requests.map((request) => ledger.post(request)));

    expect(outcomes.every((outcome) => outcome.status === 'posted')).toBe(true);
    const balances = await Promise.all(
      Array.from({ length: 100 }, (_, index) => book.balanceOf(String(20_000 + index))),
    );
    expect(balances.every((balance) => balance === 10_000_000n)).toBe(true);
    expect(await sum()).toBe(before);
  });
});

describe('taking money out', () => {
  it('lets one of a hundred take the whole balance', async () => {
    await ledger.post(recharge({ merchant: '200' }));

    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => ledger.post(takeOut('200', 50_000_000n))),
    );

    expect(outcomes.filter((outcome) => outcome.status === 'posted')).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.code === 'INSUFFICIENT_FUNDS'),
    ).toHaveLength(99);
    expect(await book.balanceOf('200')).toBe(0n);
  });

  it('keeps a rejection under its key, also when money has come since', async () => {
    const request = takeOut('201', 10_000_000n);
    const rejected = await ledger.post(request);
    await ledger.post(recharge({ merchant: '201' }));

    expect(rejected).toMatchObject({ status: 'rejected', code: 'INSUFFICIENT_FUNDS' });
    expect(await ledger.post(request)).toEqual({ ...rejected, replayed: true });
    expect(await book.balanceOf('201')).toBe(50_000_000n);
  });
});

describe('what is no transfer', () => {
  it.each([
    ['legs that do not sum to zero', [50n, -49n]],
    ['a leg of zero', [0n, 0n]],
    ['one leg', [5n]],
  ])('is refused before anything is stored: %s', async (_what, amounts) => {
    const accounts = [{ kind: 'merchant_cash', ownerId: '300' } as const, { system: ALIPAY_CLEARING }];
    const request = recharge({
      legs: amounts.map((amount, index) => ({ account: accounts[index] ?? { system: CHANNEL_FEE }, amount })),
    });

    await expect(ledger.post(request)).rejects.toThrow(request.idempotencyKey);
    const rows = await book.database.query('SELECT 1 FROM `transfer` WHERE `idempotency_key` = ?', [
      request.idempotencyKey,
    ]);
    expect(rows).toEqual([]);
  });

  it('is an amount that no longer fits 63 bits: rejected, never wrapped', async () => {
    const huge = 2n ** 63n - 10n;
    const out = await ledger.post(takeOut('301', 5n));
    expect(out).toMatchObject({ status: 'rejected', code: 'INSUFFICIENT_FUNDS' });

    const outcome = await ledger.post(
      recharge({
        legs: [
          { account: { kind: 'merchant_cash', ownerId: '301' }, amount: huge },
          { account: { system: ALIPAY_CLEARING }, amount: -huge },
        ],
      }),
    );
    expect(outcome).toMatchObject({ status: 'rejected', code: 'BALANCE_OUT_OF_RANGE' });
    expect(await book.balanceOf('301')).toBe(0n);
  });
});
