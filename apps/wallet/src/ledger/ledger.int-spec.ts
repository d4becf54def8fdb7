import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wallet } from '#libs/contracts';
import { leaseIdGenerator } from '#libs/ids';
import { EverybodysLock } from '#libs/locks';
import { type EncodedEvent, Outbox } from '#libs/outbox';
import { type TestDatabase, createTestDatabase, eventually } from '#libs/testing';
import { Ledger1763683200000 } from '../migrations/1-ledger.js';
import { AccountRepository } from './account.repository.js';
import { ALIPAY_CLEARING, CHANNEL_FEE } from './chart-of-accounts.js';
import { LedgerPosting } from './ledger-posting.js';
import { LedgerService } from './ledger.service.js';
import type { TransferRequest } from './transfer.js';
import { TransferRepository } from './transfer.repository.js';

let schema: TestDatabase;
let ledger: LedgerService;
let outbox: Outbox;
let release: () => Promise<void>;
const relayed: EncodedEvent[] = [];

beforeAll(async () => {
  schema = await createTestDatabase('wallet', { migrations: [Ledger1763683200000] });
  const { database } = schema;
  const leased = await leaseIdGenerator(database, () => undefined);
  release = leased.release;
  outbox = new Outbox({
    source: 'wallet',
    database,
    relay: {
      relay: (events) => {
        relayed.push(...events);
        return Promise.resolve();
      },
    },
    onError: (error) => {
      throw error;
    },
  });
  const posting = new LedgerPosting(
    database,
    new AccountRepository(database, leased.ids),
    new TransferRepository(),
    outbox,
    leased.ids,
  );
  ledger = new LedgerService(posting, new EverybodysLock());
});

afterAll(async () => {
  await outbox.close();
  await release();
  await schema.drop();
});

let lastOrder = 1_000_000;
function recharge(
  over: Partial<TransferRequest> & { merchant?: string; micros?: bigint } = {},
): TransferRequest {
  const { merchant = '7', micros = 50_000_000n, ...rest } = over;
  const order = String((lastOrder += 1));
  return {
    kind: 'recharge',
    scope: 'recharge',
    idempotencyKey: order,
    reference: order,
    externalId: `alipay:${order}`,
    headers: { requestId: 'test' },
    legs: [
      { account: { kind: 'merchant_cash', ownerId: merchant }, amount: micros },
      { account: { system: ALIPAY_CLEARING }, amount: -micros + 300_000n },
      { account: { system: CHANNEL_FEE }, amount: -300_000n },
    ],
    ...rest,
  };
}

/** Money out of a wallet: what the coming kinds of transfer will do. */
const takeOut = (merchant: string, micros: bigint): TransferRequest =>
  recharge({
    externalId: null,
    legs: [
      { account: { kind: 'merchant_cash', ownerId: merchant }, amount: -micros },
      { account: { system: ALIPAY_CLEARING }, amount: micros },
    ],
  });

async function balanceOf(merchant: string): Promise<bigint> {
  const [row] = await schema.database.query<{ posted: string }>(
    'SELECT `posted` FROM `account` WHERE `code` = ?',
    [`merchant_cash:${merchant}`],
  );
  return BigInt(row?.posted ?? 0);
}

async function sumOfTheBook(): Promise<bigint> {
  const [row] = await schema.database.query<{ total: string }>(
    'SELECT COALESCE(SUM(`posted`), 0) AS `total` FROM `account`',
  );
  return BigInt(row?.total ?? 1);
}

describe('posting a transfer', () => {
  it('credits the merchant, and the book still sums to zero', async () => {
    const outcome = await ledger.post(recharge({ merchant: '100' }));

    expect(outcome).toMatchObject({ status: 'posted', replayed: false });
    expect(await balanceOf('100')).toBe(50_000_000n);
    expect(await sumOfTheBook()).toBe(0n);
  });

  it('tells of it through the outbox, with the balances that it left', async () => {
    const outcome = await ledger.post(recharge({ merchant: '101' }));

    const told = await eventually('the event is relayed', () =>
      relayed.find((event) => (event.payload as { transferId: string }).transferId === outcome.transferId),
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
    expect(await balanceOf('102')).toBe(50_000_000n);
  });

  it('gives the stored decision to a repetition after the batch', async () => {
    const request = recharge({ merchant: '103' });
    const first = await ledger.post(request);

    expect(await ledger.post(request)).toEqual({ ...first, replayed: true });
    expect(await balanceOf('103')).toBe(50_000_000n);
  });

  it('refuses the same key for another transfer, and names it', async () => {
    const request = recharge({ merchant: '104' });
    await ledger.post(request);

    const other = recharge({ merchant: '104', micros: 99_000_000n, idempotencyKey: request.idempotencyKey });

    await expect(ledger.post(other)).rejects.toMatchObject({
      code: 'TRANSFER_KEY_CONFLICT',
      message: expect.stringContaining(`recharge/${request.idempotencyKey}`),
    });
    expect(await balanceOf('104')).toBe(50_000_000n);
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
    expect(await balanceOf('105')).toBe(50_000_000n);
  });

  it('books one trade of a channel once, even for two orders', async () => {
    const request = recharge({ merchant: '106' });
    await ledger.post(request);

    const again = await ledger.post(recharge({ merchant: '106', externalId: request.externalId }));

    expect(again).toMatchObject({ status: 'rejected', code: 'EXTERNAL_ID_TAKEN' });
    expect(await balanceOf('106')).toBe(50_000_000n);
  });

  it('posts a thousand transfers of a hundred wallets at once, each exactly once', async () => {
    const before = await sumOfTheBook();
    const requests = Array.from({ length: 1_000 }, (_, index) =>
      recharge({ merchant: String(20_000 + (index % 100)), micros: 1_000_000n }),
    );

    const outcomes = await Promise.all(requests.map((request) => ledger.post(request)));

    expect(outcomes.every((outcome) => outcome.status === 'posted')).toBe(true);
    const balances = await Promise.all(
      Array.from({ length: 100 }, (_, index) => balanceOf(String(20_000 + index))),
    );
    expect(balances.every((balance) => balance === 10_000_000n)).toBe(true);
    expect(await sumOfTheBook()).toBe(before);
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
    expect(await balanceOf('200')).toBe(0n);
  });

  it('keeps a rejection under its key, also when money has come since', async () => {
    const request = takeOut('201', 10_000_000n);
    const rejected = await ledger.post(request);
    await ledger.post(recharge({ merchant: '201' }));

    expect(rejected).toMatchObject({ status: 'rejected', code: 'INSUFFICIENT_FUNDS' });
    expect(await ledger.post(request)).toEqual({ ...rejected, replayed: true });
    expect(await balanceOf('201')).toBe(50_000_000n);
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
    const rows = await schema.database.query('SELECT 1 FROM `transfer` WHERE `idempotency_key` = ?', [
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
    expect(await balanceOf('301')).toBe(0n);
  });
});
