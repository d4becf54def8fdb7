import { describe, expect, it } from '@jest/globals';
import type { PayloadOf, wallet } from '#libs/contracts';
import { staleBySpends, walletChangesOf } from './wallet-changes.js';

type Transfer = PayloadOf<typeof wallet.transferPosted>;
type Entry = Transfer['entries'][number];

const cash = (ownerId: string, seq: number, amount: bigint, balanceAfter: bigint): Entry => ({
  ownerId,
  account: 'merchant_cash',
  seq,
  amount,
  balanceAfter,
});

const aTransfer = (entries: Entry[]): Transfer => ({
  transferId: '900',
  kind: 'recharge',
  reference: '111',
  postedAt: new Date('2026-11-20T08:31:00.000Z'),
  entries,
});

describe('what owners are told of a transfer', () => {
  it('is each their own part', () => {
    const changes = walletChangesOf(aTransfer([cash('7', 3, 50n, 150n), cash('8', 9, -50n, 0n)]));

    expect([...changes.keys()]).toEqual(['7', '8']);
    expect(changes.get('7')).toEqual({
      accounts: [{ kind: 'merchant_cash', balance: 150n, lastSeq: 3 }],
      entries: [
        {
          account: 'merchant_cash',
          seq: 3,
          transferId: '900',
          kind: 'recharge',
          amount: 50n,
          balanceAfter: 150n,
          reference: '111',
          createdAt: new Date('2026-11-20T08:31:00.000Z'),
        },
      ],
      stale: [],
    });
    expect(changes.get('8')?.accounts).toEqual([{ kind: 'merchant_cash', balance: 0n, lastSeq: 9 }]);
  });

  it('is nothing of the platform’s accounts, nor of kinds that owners are not shown', () => {
    const hidden = [
      { ownerId: null, account: 'alipay_clearing', seq: 1, amount: -50n, balanceAfter: -50n },
      { ownerId: '7', account: 'merchant_reserve', seq: 1, amount: 50n, balanceAfter: 50n },
    ];
    expect(walletChangesOf(aTransfer(hidden))).toEqual(new Map());
  });

  it('is every entry, and the balance after the last, where a transfer touches an account twice', () => {
    const change = walletChangesOf(aTransfer([cash('7', 3, 50n, 150n), cash('7', 4, -1n, 149n)])).get('7');

    expect(change?.accounts).toEqual([{ kind: 'merchant_cash', balance: 149n, lastSeq: 4 }]);
    expect(change?.entries.map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it('is of a kind with parts only that it has changed: a part’s number and balance are not the kind’s', () => {
    const spent = (account: string, ownerId: string, amount: bigint): Entry => ({
      ownerId,
      account,
      seq: 12,
      amount,
      balanceAfter: 5n,
    });
    const changes = walletChangesOf(
      aTransfer([
        cash('7', 3, -50n, 100n),
        spent('campaign_cash', '7', 30n),
        spent('campaign_bonus', '7', 20n),
        spent('traffic_pending', '8', 1n),
      ]),
    );

    expect(changes.get('7')).toMatchObject({
      accounts: [{ kind: 'merchant_cash', balance: 100n, lastSeq: 3 }],
      entries: [{ account: 'merchant_cash', seq: 3 }],
      stale: ['campaign_cash', 'campaign_bonus'],
    });
    expect(changes.get('8')).toEqual({ accounts: [], entries: [], stale: ['traffic_pending'] });
  });
});

it('What owners are told of spends is which accounts have changed, in one message for all to whom it is the same', () => {
  const owners = [
    { ownerId: '7', accounts: ['campaign_cash', 'campaign_bonus'] as const },
    { ownerId: '8', accounts: ['traffic_pending'] as const },
    { ownerId: '9', accounts: ['campaign_bonus', 'campaign_cash'] as const },
    { ownerId: '10', accounts: ['traffic_pending'] as const },
  ].map(({ ownerId, accounts }) => ({ ownerId, accounts: [...accounts] }));

  expect(staleBySpends({ postedAt: new Date(), owners })).toEqual([
    {
      ownerIds: ['7', '9'],
      message: { accounts: [], entries: [], stale: ['campaign_bonus', 'campaign_cash'] },
    },
    { ownerIds: ['8', '10'], message: { accounts: [], entries: [], stale: ['traffic_pending'] } },
  ]);
});
