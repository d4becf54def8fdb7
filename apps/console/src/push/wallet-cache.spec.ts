import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QueryClient } from '@tanstack/react-query';
import { queryKeys } from '../api/query-keys';
import type { Wallet, WalletChanged, WalletEntry } from './push-messages';
import { applyResumed, applyWalletChange, knownSeq, newerOf } from './wallet-cache';

type Account = Wallet['accounts'][number];

const account = (kind: Account['kind'], balance: string, lastSeq: number): Account => ({
  kind,
  balance,
  held: '0.00',
  available: balance,
  lastSeq,
});
const wallet = (...accounts: Account[]): Wallet => ({ currency: 'CNY', accounts });

const entry = (seq: number, more: Partial<WalletEntry> = {}): WalletEntry => ({
  account: 'merchant_cash',
  seq,
  transferId: '900',
  kind: 'recharge',
  amount: '1.00',
  balanceAfter: `${seq}.00`,
  reference: '1',
  createdAt: '2026-11-21T08:00:00.000Z',
  ...more,
});
const change = (more: Partial<WalletChanged>): WalletChanged => ({
  accounts: [],
  entries: [],
  stale: [],
  ...more,
});

describe('what a push does to the answers that pages show', () => {
  let queries: QueryClient;
  let asked: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    queries = new QueryClient();
    asked = [];
    queries.getQueryCache().subscribe(({ type, query }) => {
      if (type === 'updated' && query.state.isInvalidated) asked.push(query.queryHash);
    });
  });
  afterEach(() => {
    queries.clear();
    jest.useRealTimers();
  });

  const shown = () => queries.getQueryData<Wallet>(queryKeys.wallet);

  it('is the new balance, of an account without parts', () => {
    queries.setQueryData(queryKeys.wallet, wallet(account('traffic_available', '5.00', 2)));
    const released = entry(3, { account: 'traffic_available', kind: 'withdrawal_released' });
    applyWalletChange(
      queries,
      change({ accounts: [{ kind: 'traffic_available', balance: '6.00', lastSeq: 3 }], entries: [released] }),
    );
    expect(shown()?.accounts).toEqual([account('traffic_available', '6.00', 3)]);
  });

  it('of a kind with parts is a question, one for however many pushes', () => {
    queries.setQueryData(queryKeys.wallet, wallet(account('campaign_cash', '100.00', 40)));
    for (let push = 0; push < 50; push += 1) applyWalletChange(queries, change({ stale: ['campaign_cash'] }));
    expect(asked).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(asked).toEqual([JSON.stringify(queryKeys.wallet)]);
    expect(shown()?.accounts).toEqual([account('campaign_cash', '100.00', 40)]);

    // It was answered; the next push asks again.
    queries.setQueryData(queryKeys.wallet, wallet(account('campaign_cash', '50.00', 90)));
    applyWalletChange(queries, change({ stale: ['campaign_cash'] }));
    jest.advanceTimersByTime(1_000);
    expect(asked).toEqual(Array.from({ length: 2 }, () => JSON.stringify(queryKeys.wallet)));
  });
});

describe('a page that was away', () => {
  it('catches up from the main account, whichever its owner has', () => {
    const queries = new QueryClient();
    queries.setQueryData(
      queryKeys.wallet,
      wallet(account('traffic_pending', '9.00', 80), account('traffic_available', '5.00', 7)),
    );
    expect(knownSeq(queries)).toBe(7);
    queries.clear();
  });

  it('takes of each account what is newer: answers and pushes overtake each other', () => {
    const queries = new QueryClient();
    queries.setQueryData(
      queryKeys.wallet,
      wallet(account('merchant_cash', '50.00', 5), account('campaign_cash', '9.00', 10)),
    );
    const answer = wallet(account('merchant_cash', '40.00', 4), account('campaign_cash', '8.00', 12));
    applyResumed(queries, { wallet: answer, entries: [], complete: true });
    expect(queries.getQueryData<Wallet>(queryKeys.wallet)?.accounts).toEqual([
      account('merchant_cash', '50.00', 5),
      account('campaign_cash', '8.00', 12),
    ]);
    queries.clear();
  });

  it('believes an answer with as many entries: only what is held has changed', () => {
    const held = { ...account('merchant_cash', '50.00', 5), held: '1.00', available: '49.00' };
    expect(newerOf(wallet(account('merchant_cash', '50.00', 5)), wallet(held)).accounts).toEqual([held]);
  });
});
