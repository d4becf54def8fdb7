import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, nothing, pageOf, pageSize } from '../fields.js';
import { payoutMethod } from './payout-account.js';

/**
 * REQUESTED: written down, and the wallet is being asked to set the money aside. IN_REVIEW: it is, and operators decide.
 * APPROVED: to be paid next. PAYING: at the channel or the bank, which may take days; unknown stays here. PAID. REFUSED: the
 * wallet had too little. REJECTED: an operator said no. CANCELLED: the owner did. FAILED: the channel or bank could not pay.
 * RETURNED: was paid, and came back.
 */
export const withdrawalState = z.enum([
  'REQUESTED',
  'IN_REVIEW',
  'APPROVED',
  'PAYING',
  'PAID',
  'REFUSED',
  'REJECTED',
  'CANCELLED',
  'FAILED',
  'RETURNED',
]);
export type WithdrawalState = z.output<typeof withdrawalState>;

/** Why a payout is not (yet) done, for the owner and for operators. */
export const payoutProblem = z.enum([
  'PAYEE_NOT_FOUND',
  'PAYEE_NAME_WRONG',
  'PAYEE_NOT_ABLE',
  'PAYEE_DID_NOT_CONFIRM',
  'LIMIT_OF_CHANNEL',
  'SHORT_OF_FUNDS',
  'REFUSED_BY_CHANNEL',
  'RETURNED_BY_BANK',
  'AMOUNT_DIFFERS',
  // It was never decided, and the channel does not answer about transfers that are so old.
  'NOT_KNOWN_ANY_MORE',
  // The channel says something else than what ended it.
  'CONTRADICTED',
]);
export type PayoutProblem = z.output<typeof payoutProblem>;

/** What makes a withdrawal worth a second look; any of them holds it back from a bulk approval. */
export const riskFlag = z.enum([
  'FIRST_TO_THIS_ACCOUNT',
  'ACCOUNT_SHARED_WITH_OTHERS',
  'LARGE',
  'MANY_RECENTLY',
  'FAILED_RECENTLY',
]);
export type RiskFlag = z.output<typeof riskFlag>;

export const withdrawal = z.object({
  id,
  ownerId: id,
  state: withdrawalState,
  method: payoutMethod,
  payoutAccountId: id,
  maskedNumber: z.string(),
  maskedName: z.string(),
  /** What leaves the wallet = fee + tax + net. */
  amount: micros,
  fee: micros,
  tax: micros,
  /** What the payee gets. */
  net: micros,
  problem: payoutProblem.nullable(),
  problemMessage: z.string().nullable(),
  /** What an operator gave as the reason of a rejection. */
  rejection: z.string().nullable(),
  /** The payee has to confirm it in the channel's app: what the app is opened with. */
  confirmation: z.string().nullable(),
  /** Whether the owner can still take it back. */
  canCancel: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  paidAt: instant.nullable(),
});
export type Withdrawal = z.output<typeof withdrawal>;

/** What has happened to a withdrawal, oldest first. */
export const withdrawalEventKind = z.enum([
  'requested',
  'held',
  'refused',
  'approved',
  'rejected',
  'cancelled',
  'sent',
  'awaits-payee',
  'exported',
  'paid',
  'failed',
  'returned',
  'booked',
]);
export type WithdrawalEventKind = z.output<typeof withdrawalEventKind>;

export const withdrawalEvent = z.object({
  kind: withdrawalEventKind,
  at: instant,
  /** The operator or owner who did it; null when nobody did. */
  actorId: id.nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** What an amount would cost, and whether it may be asked for now. */
export const quote = rpc('withdrawal.quote', {
  request: z.object({ ownerId: id, amount: micros }),
  response: z.object({
    amount: micros,
    fee: micros,
    tax: micros,
    net: micros,
    /** What may still be asked for, counting today's and this month's withdrawals (days and months in Beijing). */
    limits: z.object({
      minAmount: micros,
      maxAmount: micros,
      leftToday: micros,
      leftThisMonth: micros,
      countLeftToday: z.number().int(),
    }),
  }),
  errors: ['AMOUNT_OUT_OF_RANGE'],
});

export const createWithdrawal = rpc('withdrawal.create-withdrawal', {
  request: z.object({
    ownerId: id,
    payoutAccountId: id,
    amount: micros,
    /** The same key and request give the same withdrawal again, for ever. */
    idempotencyKey: z.string().min(1).max(80),
  }),
  response: withdrawal,
  errors: [
    'AMOUNT_OUT_OF_RANGE',
    'PAYOUT_ACCOUNT_NOT_FOUND',
    'PAYOUT_ACCOUNT_COOLING_DOWN',
    'WITHDRAWAL_LIMIT',
    'IDEMPOTENCY_KEY_REUSED',
    'INSUFFICIENT_FUNDS',
    'ACCOUNT_FROZEN',
  ],
});

/** Newest first. */
export const listWithdrawals = rpc('withdrawal.list-withdrawals', {
  request: z.object({ ownerId: id, cursor: cursor.optional(), limit: pageSize.default(20) }),
  response: pageOf(withdrawal),
});

export const getWithdrawal = rpc('withdrawal.get-withdrawal', {
  request: z.object({ withdrawalId: id, /** Null for an operator. */ ownerId: id.nullable() }),
  response: z.object({ withdrawal, events: z.array(withdrawalEvent) }),
  errors: ['WITHDRAWAL_NOT_FOUND'],
});

/** While it is in review, approved and not sent, or waiting for the payee. */
export const cancelWithdrawal = rpc('withdrawal.cancel-withdrawal', {
  request: z.object({ withdrawalId: id, ownerId: id }),
  response: withdrawal,
  errors: ['WITHDRAWAL_NOT_FOUND', 'WITHDRAWAL_NOT_CANCELLABLE'],
});

export const ping = rpc('withdrawal.ping', { request: nothing, response: nothing });
