import { payment, wallet } from '#libs/contracts';
import { yuanAmount } from '#libs/money';
import { z } from 'zod';
import { amount, cursor, id, instant, limit, payableAmount } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const settlement = wallet.settlement
  .extend({
    id,
    amount: amount.meta({ description: "What the bank's statement says came in or went out" }),
    fee: amount.meta({ description: 'What the channel has kept: beside a payout, or of a top-up' }),
    recordedBy: id,
    recordedAt: instant,
    transferId: id.nullable(),
    refusal: z.string().nullable().meta({ description: 'Why the ledger has refused it' }),
  })
  .meta({ id: 'ChannelSettlement' });

export const recordSettlement = endpoint({
  permission: 'ledger:settle',
  summary: 'Write down what a channel has paid out to our bank, or what we have paid in',
  description:
    'Once per channel and line of the bank: sent again with the same facts, it gives the same settlement.',
  status: 201,
  body: {
    channel: payment.channelName,
    direction: wallet.settlementDirection,
    amount: payableAmount,
    fee: yuanAmount({ min: 0n })
      .prefault('0.00')
      .meta({
        description: 'Decimal yuan, two decimals at most',
        wire: { pattern: '^(0|[1-9]\\d*)(\\.\\d{1,2})?$', examples: ['0.00'], default: '0.00' },
      }),
    bankReference: wallet.bankReference.meta({
      description: "The number of the line on the bank's statement",
      wire: { examples: ['2026112100042'] },
    }),
    valueDate: z.iso.date().meta({ description: 'The day that the bank booked it on' }),
  },
  response: settlement,
  errors: wallet.recordSettlement.errors,
});

export const listSettlements = endpoint({
  permission: 'ledger:read',
  summary: 'Settlements with the channels, newest first',
  query: { channel: payment.channelName.optional(), cursor, limit },
  response: pageOf(settlement, 'ChannelSettlement'),
});

const flow = z
  .object({ kind: wallet.transferKind, cameIn: amount, wentOut: amount })
  .meta({ id: 'AccountFlow' });

export const getBook = endpoint({
  permission: 'ledger:read',
  summary: 'The whole book in sums',
  description: "Amounts are signed from the owners' side: what is owed to us stands negative.",
  response: z
    .object({
      takenAt: instant,
      classes: z.array(
        z.object({
          kind: z.string(),
          side: z.enum(['debit', 'credit']),
          accounts: z.number().int(),
          posted: amount,
        }),
      ),
      total: amount.meta({ description: 'Of all accounts: zero, or the book is broken' }),
      boundary: z
        .array(
          z.object({
            kind: z.string(),
            posted: amount,
            flows: z.array(flow),
            entriesBehind: z.number().int().meta({ description: 'Entries that the flows do not count yet' }),
          }),
        )
        .meta({ description: 'The accounts between us and the outside, and what has moved through them' }),
    })
    .meta({ id: 'Book' }),
});
