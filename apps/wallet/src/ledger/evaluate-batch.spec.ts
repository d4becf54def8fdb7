import { describe, expect, it } from '@jest/globals';
import { recharge } from '../testing/requests.js';
import type { AccountState } from './account-state.js';
import { ALIPAY_CLEARING, type AccountRef, codeOf } from './chart-of-accounts.js';
import { type NumberedRequest, evaluateBatch } from './evaluate-batch.js';
import { everythingOf } from './transfer.js';

const MAX = 2n ** 63n - 1n;
const cash = (ownerId: string): AccountRef => ({ kind: 'merchant_cash', ownerId });
const CLEARING: AccountRef = { system: ALIPAY_CLEARING };

function account(ref: AccountRef, more: Partial<AccountState> = {}): AccountState {
  const ownerId = 'ownerId' in ref ? ref.ownerId : null;
  return {
    id: ownerId ?? '9',
    code: codeOf(ref),
    ownerId,
    kind: ownerId === null ? 'alipay_clearing' : 'merchant_cash',
    part: null,
    side: ownerId === null ? 'debit' : 'credit',
    posted: 0n,
    held: 0n,
    floor: ownerId === null ? null : 0n,
    frozen: false,
    link: Buffer.alloc(32),
    version: 0,
    ...more,
  };
}

let lastTransfer = 0;
/** So much from one account to another. */
function move(from: AccountRef, to: AccountRef, amount: bigint): NumberedRequest {
  lastTransfer += 1;
  const legs = [
    { account: from, amount: -amount },
    { account: to, amount },
  ];
  return { transferId: String(lastTransfer), request: recharge({ externalId: null, legs }) };
}

function evaluate(batch: readonly NumberedRequest[], accounts: readonly AccountState[]) {
  const { postings, rejections, changed } = evaluateBatch(
    batch,
    new Map(accounts.map((each) => [each.code, each])),
  );
  return {
    posted: postings.map(({ transferId }) => transferId),
    codes: rejections.map(({ code }) => code),
    entries: postings.flatMap(({ entries }) => entries),
    after: (ref: AccountRef) => changed.find(({ code }) => code === codeOf(ref)),
    changed,
  };
}

describe('a batch of transfers', () => {
  it('is decided in the order of arrival, each on the balances that the one before left', () => {
    const batch = [
      move(CLEARING, cash('1'), 100n),
      move(cash('1'), cash('2'), 70n),
      move(cash('1'), cash('2'), 70n),
      move(cash('2'), cash('1'), 50n),
      move(cash('1'), cash('2'), 80n),
    ];
    const result = evaluate(batch, [account(CLEARING), account(cash('1')), account(cash('2'))]);

    expect(result.posted).toEqual([0, 1, 3, 4].map((index) => batch[index]?.transferId));
    expect(result.codes).toEqual(['INSUFFICIENT_FUNDS']);
    expect(result.after(cash('1'))).toMatchObject({ posted: 0n, version: 4 });
    expect(result.after(cash('2'))).toMatchObject({ posted: 100n, version: 3 });
    expect(result.after(CLEARING)).toMatchObject({ posted: -100n, version: 1 });
  });

  it('numbers the entries of each account without a gap, with the balance after each', () => {
    const batch = [1n, 2n, 3n].map((amount) => move(CLEARING, cash('1'), amount));
    const { entries } = evaluate(batch, [account(CLEARING), account(cash('1'), { posted: 10n, version: 4 })]);
    const ofMerchant = entries.filter(({ ownerId }) => ownerId === '1');
    expect(ofMerchant.map(({ seq, balanceAfter }) => [seq, balanceAfter])).toEqual([
      [5, 11n],
      [6, 13n],
      [7, 16n],
    ]);
    expect(entries.reduce((total, { amount }) => total + amount, 0n)).toBe(0n);
  });

  it('leaves what it was given as it was, and says nothing of accounts that did not change', () => {
    const locked = [account(CLEARING), account(cash('1')), account(cash('2'))];
    const before = structuredClone(locked);
    const result = evaluate([move(CLEARING, cash('1'), 5n)], locked);
    expect(locked).toEqual(before);
    expect(result.changed.map(({ code }) => code).sort()).toEqual([
      'merchant_cash:1',
      'system:alipay_clearing',
    ]);
  });

  it('is a bug when an account of it was not locked', () => {
    expect(() => evaluate([move(CLEARING, cash('1'), 5n)], [account(CLEARING)])).toThrow('merchant_cash:1');
  });
});

describe('money out of an account', () => {
  const out = (state: Partial<AccountState>, amount: bigint) =>
    evaluate([move(cash('1'), CLEARING, amount)], [account(CLEARING), account(cash('1'), state)]).codes;

  it('is there to the last micro-yuan, and not one more', () => {
    expect(out({ posted: 100n }, 100n)).toEqual([]);
    expect(out({ posted: 100n }, 101n)).toEqual(['INSUFFICIENT_FUNDS']);
    expect(out({ posted: 0n }, 1n)).toEqual(['INSUFFICIENT_FUNDS']);
  });

  it('is not what is promised to others', () => {
    expect(out({ posted: 100n, held: 40n }, 60n)).toEqual([]);
    expect(out({ posted: 100n, held: 40n }, 61n)).toEqual(['INSUFFICIENT_FUNDS']);
  });

  it('does not come out of a frozen one, whatever is in it', () => {
    expect(out({ posted: 100n, frozen: true }, 1n)).toEqual(['ACCOUNT_FROZEN']);
  });

  it('has no floor where the account has none', () => {
    expect(out({ floor: null }, 1_000n)).toEqual([]);
    expect(out({ floor: -50n }, 50n)).toEqual([]);
    expect(out({ floor: -50n }, 51n)).toEqual(['INSUFFICIENT_FUNDS']);
  });
});

describe('money into an account', () => {
  const into = (state: Partial<AccountState>, amount: bigint) =>
    evaluate([move(CLEARING, cash('1'), amount)], [account(CLEARING), account(cash('1'), state)]).codes;

  it('is taken by a frozen one too', () => {
    expect(into({ frozen: true }, 5n)).toEqual([]);
  });

  it('fits 63 bits or is rejected, on either side', () => {
    expect(into({ posted: MAX - 5n }, 5n)).toEqual([]);
    expect(into({ posted: MAX - 5n }, 6n)).toEqual(['BALANCE_OUT_OF_RANGE']);
    const nearlyEmpty = account(CLEARING, { posted: -MAX + 5n });
    expect(evaluate([move(CLEARING, cash('1'), 6n)], [nearlyEmpty, account(cash('1'))]).codes).toEqual([
      'BALANCE_OUT_OF_RANGE',
    ]);
  });

  it.each([1n, 2n ** 62n, 2n ** 62n + 1n, MAX])('moves everything of an account that has %s', (posted) => {
    const legs = everythingOf(cash('1'), cash('2'));
    const everything = { transferId: '1', request: recharge({ externalId: null, legs }) };
    const { after } = evaluate([everything], [account(cash('1'), { posted }), account(cash('2'))]);
    expect([after(cash('1'))?.posted, after(cash('2'))?.posted]).toEqual([0n, posted]);
  });

  it('is refused when the move itself does not fit, though both balances would', () => {
    const batch = [move(cash('1'), CLEARING, MAX + 1n)];
    const { codes, changed } = evaluate(batch, [
      account(cash('1'), { posted: MAX, floor: null }),
      account(CLEARING, { posted: -MAX }),
    ]);
    expect(codes).toEqual(['BALANCE_OUT_OF_RANGE']);
    expect(changed).toEqual([]);
  });
});
