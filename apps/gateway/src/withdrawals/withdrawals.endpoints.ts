import { withdrawal } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit, payableAmount } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

/** As operators see it; owners know that theirs are theirs. */
export const anyWithdrawal = withdrawal.withdrawal
  .extend({
    id: id.meta({ description: 'Also the number of the payout at the channel or bank' }),
    ownerId: id,
    payoutAccountId: id,
    amount: amount.meta({ description: 'What leaves the wallet: fee + tax + net' }),
    fee: amount,
    tax: amount,
    net: amount.meta({ description: 'What the payee gets' }),
    rejection: z.string().nullable().meta({ description: 'The reason that an operator gave' }),
    confirmation: z
      .string()
      .nullable()
      .meta({ description: "What the channel's app is opened with, where the payee has to confirm" }),
    canCancel: z.boolean().meta({ description: 'Whether the owner can still take it back' }),
    createdAt: instant,
    updatedAt: instant,
    paidAt: instant.nullable(),
  })
  .meta({ id: 'AnyWithdrawal' });

const ownWithdrawal = anyWithdrawal.omit({ ownerId: true }).meta({ id: 'Withdrawal' });

/** Who among the operators did something is told to operators only. */
const ownEvent = withdrawal.withdrawalEvent
  .omit({ actorId: true })
  .extend({
    at: instant,
    facts: withdrawal.withdrawalEvent.shape.facts.meta({ description: 'For people: amounts in yuan' }),
  })
  .meta({ id: 'WithdrawalEvent' });

export const quoteWithdrawal = endpoint({
  permission: 'withdrawal:create',
  summary: 'What a withdrawal of an amount would cost, and what may be withdrawn now',
  query: { amount: payableAmount },
  response: z
    .object({
      amount,
      fee: amount,
      tax: amount,
      net: amount,
      limits: z
        .object({
          minAmount: amount,
          maxAmount: amount,
          leftToday: amount,
          leftThisMonth: amount,
          countLeftToday: z.number().int(),
        })
        .meta({ id: 'WithdrawalLimits', description: 'Days and months in Beijing' }),
    })
    .meta({ id: 'WithdrawalQuote' }),
  errors: withdrawal.quote.errors,
});

export const createWithdrawal = endpoint({
  permission: 'withdrawal:create',
  stepUp: true,
  summary: 'Ask for money to be paid out',
  description: 'The amount is set aside at once. An operator, or two for a large amount, approve it.',
  status: 201,
  headers: {
    'idempotency-key': z
      .string()
      .regex(/^[\x21-\x7e]{1,80}$/, 'must be 1 to 80 visible ASCII characters')
      .meta({ description: 'The same key and body give the same withdrawal again, for ever' }),
  },
  body: { amount: payableAmount, payoutAccountId: id },
  response: ownWithdrawal,
  errors: withdrawal.createWithdrawal.errors,
});

export const listWithdrawals = endpoint({
  permission: 'withdrawal:read',
  summary: 'Your withdrawals, newest first',
  query: { cursor, limit },
  response: pageOf(ownWithdrawal, 'Withdrawal'),
});

export const getWithdrawal = endpoint({
  permission: 'withdrawal:read',
  summary: 'One withdrawal, and what has happened to it, oldest first',
  params: { id },
  response: z
    .object({ withdrawal: ownWithdrawal, events: z.array(ownEvent) })
    .meta({ id: 'WithdrawalWithEvents' }),
  errors: withdrawal.getWithdrawal.errors,
});

export const cancelWithdrawal = endpoint({
  permission: 'withdrawal:create',
  summary: 'Take a withdrawal back, while that is possible',
  params: { id },
  response: ownWithdrawal,
  errors: withdrawal.cancelWithdrawal.errors,
});
