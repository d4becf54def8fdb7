import { describe, expect, it } from '@jest/globals';
import { walletViewOf } from './wallet-view.js';

const EMPTY = { kind: 'merchant_cash', balance: 0n, held: 0n, available: 0n, lastSeq: 0 };

describe('a wallet as its owner sees it', () => {
  it('shows what the ledger has', () => {
    const accounts = [
      {
        kind: 'merchant_cash' as const,
        posted: 50_000_000n,
        held: 10_000_000n,
        available: 40_000_000n,
        version: 3,
      },
    ];
    expect(walletViewOf({ ownerId: '7', accounts }, { kind: 'merchant' })).toEqual({
      currency: 'CNY',
      accounts: [
        {
          kind: 'merchant_cash',
          balance: 50_000_000n,
          held: 10_000_000n,
          available: 40_000_000n,
          lastSeq: 3,
        },
      ],
    });
  });

  it("shows a merchant's account before anything was paid in", () => {
    expect(walletViewOf({ ownerId: '7', accounts: [] }, { kind: 'merchant' }).accounts).toEqual([EMPTY]);
  });

  it("shows a traffic owner's accounts before anything was earned", () => {
    const view = walletViewOf({ ownerId: '7', accounts: [] }, { kind: 'traffic_owner' });
    expect(view.accounts.map(({ kind }) => kind)).toEqual([
      'traffic_available',
      'traffic_pending',
      'traffic_withdrawing',
    ]);
  });

  it('shows nobody an account of another kind of owner', () => {
    expect(walletViewOf({ ownerId: '7', accounts: [] }, { kind: 'operator' }).accounts).toEqual([]);
  });
});
