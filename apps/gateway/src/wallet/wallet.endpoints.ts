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
            description:
              'Number of entries: without parts also the `seq` of the newest, where a statement goes on from',
          }),
        })
        .meta({ id: 'WalletAccount' }),
    ),
  })
  .meta({ id: 'Wallet', description: 'One row for each kind of account, whatever the number of its parts' });
export type WalletView = z.output<typeof walletView>;

export const walletEntry = wallet.walletEntry
  .extend({
    transferId: id,
    amount: amount.meta({ description: 'Positive: the owner has more' }),
    balanceAfter: amount,
    createdAt: instant,
  })
  .meta({ id: 'WalletEntry' });

const cause = wallet.transferCause
  .extend({
    id: z.string().meta({ description: "The order's or refund's id, the day …" }),
    orderId: id.nullable().meta({ description: 'The recharge that it belongs to, where that is known' }),
  })
  .meta({ id: 'TransferCause' });

const statementEntry = walletEntry.extend({ cause }).meta({ id: 'StatementEntry' });

const accountKind = wallet.walletAccountKind.optional().meta({
  description: 'Unless told: `merchant_cash` of a merchant, `traffic_available` of a traffic owner',
});

const part = wallet.accountPart
  .optional()
  .meta({ description: 'Of kinds that have parts: a campaign’s or withdrawal’s id, or a day' });

const period = {
  from: instant.optional().meta({ description: 'Entries from this moment on' }),
  to: instant.optional().meta({ description: 'Entries before this moment' }),
};

export const getWallet = endpoint({
  permission: 'wallet:read',
  summary: 'Balances by account',
  response: walletView,
});

export const listParts = endpoint({
  permission: 'wallet:read',
  summary: 'The accounts of a kind that has parts, the latest first',
  query: { account: wallet.walletAccountKind, cursor, limit },
  response: pageOf(
    z
      .object({
        part: wallet.accountPart,
        balance: amount,
        held: amount,
        available: amount,
        lastSeq: sequence,
      })
      .meta({ id: 'WalletPart' }),
    'WalletPart',
  ),
});

export const getBalanceAt = endpoint({
  permission: 'wallet:read',
  summary: 'What an account had at a moment',
  description: 'Of a kind with parts, and no `part`: all parts together.',
  query: { account: accountKind, part, at: instant },
  response: z
    .object({ balance: amount, entries: sequence.meta({ description: 'How many entries made it' }) })
    .meta({ id: 'BalanceAt' }),
  errors: wallet.getBalanceAt.errors,
});

export const listWalletEntries = endpoint({
  permission: 'wallet:read',
  summary: 'Statement, newest first',
  description:
    'With `afterSeq`: only what came after that entry, which is how a page that was away catches up.',
  query: {
    account: accountKind,
    part,
    ...period,
    kind: wallet.transferKind.optional(),
    cursor,
    limit,
    afterSeq: integerText(0, Number.MAX_SAFE_INTEGER).optional(),
  },
  response: pageOf(statementEntry, 'StatementEntry'),
  errors: wallet.listEntries.errors,
});

export const summarizeStatement = endpoint({
  permission: 'wallet:read',
  summary: 'What a period did to an account',
  query: { account: accountKind, part, ...period },
  response: z
    .object({
      account: wallet.walletAccountKind,
      opening: amount.meta({ description: 'The balance before the first entry' }),
      closing: amount.meta({ description: 'opening + credits + debits' }),
      credits: amount,
      debits: amount.meta({ description: 'Not positive' }),
      firstSeq: sequence,
      lastSeq: sequence.meta({ description: 'One less than `firstSeq` when there is no entry' }),
    })
    .meta({ id: 'StatementTotals' }),
  errors: wallet.summarizeStatement.errors,
});

export const downloadStatement = endpoint({
  permission: 'wallet:read',
  summary: 'A statement as CSV, oldest entry first, of whatever length',
  description: 'The balance before it is the first line, the balance after it the last.',
  query: { account: accountKind, part, ...period, kind: wallet.transferKind.optional() },
  response: { contentType: 'text/csv', description: 'One line an entry, amounts in yuan' },
  errors: wallet.listEntries.errors,
});

const transfer = wallet.getTransfer.response
  .extend({
    id,
    cause,
    createdAt: instant,
    entries: z.array(
      z
        .object({
          ownerId: id.nullable(),
          account: z.string(),
          part: z.string().nullable(),
          seq: sequence,
          amount,
          balanceAfter: amount,
        })
        .meta({ id: 'TransferEntry' }),
    ),
  })
  .meta({ id: 'Transfer' });

export const getTransfer = endpoint({
  permission: 'wallet:read',
  summary: 'One transfer: what caused it, and its entries in your own accounts',
  params: { id },
  response: transfer,
  errors: wallet.getTransfer.errors,
});

export const getAnyTransfer = endpoint({
  permission: 'ledger:read',
  summary: 'One transfer with all of its entries',
  params: { id },
  response: transfer,
  errors: wallet.getTransfer.errors,
});
