import { wallet } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, integerText, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const sequence = z.number().int().min(0);

export const walletView = z
  .object({
    currency: z.literal('CNY'),
    accounts: z.array(
      z
        .object({
          kind: wallet.walletAccountKind,
          balance: amount.meta({ description: 'What the entries add up to' }),
          held: amount.meta({
            description: 'The part of the balance that is promised to transfers still pending',
          }),
          available: amount.meta({ description: 'balance − held' }),
          lastSeq: sequence.meta({
            description: '`seq` of the newest entry: where a statement goes on from',
          }),
        })
        .meta({ id: 'WalletAccount' }),
    ),
  })
  .meta({ id: 'Wallet' });
export type WalletView = z.output<typeof walletView>;

export const walletEntry = wallet.walletEntry
  .extend({
    transferId: id,
    amount: amount.meta({ description: 'Positive: the owner has more' }),
    balanceAfter: amount,
    createdAt: instant,
  })
  .meta({ id: 'WalletEntry' });

export const getWallet = endpoint({
  permission: 'wallet:read',
  summary: 'Balances by account',
  response: walletView,
});

export const listWalletEntries = endpoint({
  permission: 'wallet:read',
  summary: 'Statement, newest first',
  description:
    'With `afterSeq`: only what came after that entry, which is how a page that was away catches up.',
  query: {
    account: wallet.walletAccountKind.default('merchant_cash'),
    cursor,
    limit,
    afterSeq: integerText(0, Number.MAX_SAFE_INTEGER).optional(),
  },
  response: pageOf(walletEntry, 'WalletEntry'),
});
