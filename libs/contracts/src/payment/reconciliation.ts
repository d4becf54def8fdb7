import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';
import { channelAccountId, channelName } from './recharge.js';

/** A day in Beijing, which is what both channels' bills go by. */
export const billDate = z.iso.date();

/** `WAITING`: the channel has not written the bill yet; it is asked again. The steps in between resume after a crash. */
export const reconciliationState = z.enum(['WAITING', 'LOADING', 'COMPARING', 'DONE', 'FAILED']);
export type ReconciliationState = z.output<typeof reconciliationState>;

/** The reconciliation of one channel account for one day; there is one row however often it is run. */
export const reconciliation = z.object({
  id,
  accountId: channelAccountId,
  channel: channelName,
  billDate,
  state: reconciliationState,
  billLines: z.number().int(),
  paymentsMatched: z.number().int(),
  refundsMatched: z.number().int(),
  paidAmount: micros,
  refundedAmount: micros,
  feeAmount: micros,
  differences: z.number().int(),
  openDifferences: z.number().int(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  message: z.string().nullable(),
});
export type Reconciliation = z.output<typeof reconciliation>;

export const differenceKind = z.enum([
  /** The channel has it and we have not: a missed notify, or nothing of ours. */
  'ONLY_AT_CHANNEL',
  /** We have it and the bill has not: perhaps on the next day's bill. */
  'ONLY_HERE',
  'AMOUNT_DIFFERS',
  'STATE_DIFFERS',
  'FEE_DIFFERS',
]);
export type DifferenceKind = z.output<typeof differenceKind>;

/**
 * `CARRIED`: may explain itself on another day's bill, for a configured number of days; then `OPEN`, for an operator.
 * `APPROVAL_PENDING`: one operator wants to write it off, another has to agree.
 */
export const differenceState = z.enum([
  'CARRIED',
  'OPEN',
  'REPAIRED',
  'ACCEPTED',
  'REFUNDED',
  'APPROVAL_PENDING',
  'WRITTEN_OFF',
  'EXPLAINED',
]);
export type DifferenceState = z.output<typeof differenceState>;

export const differenceAction = z.enum(['accept', 'repair', 'refund', 'write_off']);
export type DifferenceAction = z.output<typeof differenceAction>;

export const difference = z.object({
  id,
  reconciliationId: id,
  accountId: channelAccountId,
  channel: channelName,
  billDate,
  kind: differenceKind,
  state: differenceState,
  subject: z.enum(['payment', 'refund']),
  /** Our number (attempt or refund) as the bill or our book has it. */
  ourNumber: z.string().nullable(),
  channelNumber: z.string().nullable(),
  rechargeId: id.nullable(),
  merchantId: id.nullable(),
  channelAmount: micros.nullable(),
  ourAmount: micros.nullable(),
  channelFee: micros.nullable(),
  ourFee: micros.nullable(),
  explanation: z.string(),
  /** What may be done with it now. */
  actions: z.array(differenceAction),
  reason: z.string().nullable(),
  settledBy: id.nullable(),
  approvedBy: id.nullable(),
  settledAt: instant.nullable(),
  detectedAt: instant,
});
export type Difference = z.output<typeof difference>;

/** Runs, or runs again, a day of one channel account, or of all. Returns at once; the work goes on by itself. */
export const startReconciliation = rpc('payment.start-reconciliation', {
  request: z.object({ accountId: channelAccountId.optional(), billDate }),
  response: z.object({ items: z.array(reconciliation) }),
  errors: ['CHANNEL_ACCOUNT_NOT_FOUND', 'BILL_NOT_READY'],
});

export const listReconciliations = rpc('payment.list-reconciliations', {
  request: z.object({
    accountId: channelAccountId.optional(),
    billDate: billDate.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(reconciliation),
});

export const getReconciliation = rpc('payment.get-reconciliation', {
  request: z.object({ id }),
  response: reconciliation,
  errors: ['RECONCILIATION_NOT_FOUND'],
});

export const listDifferences = rpc('payment.list-differences', {
  request: z.object({
    reconciliationId: id.optional(),
    state: differenceState.optional(),
    kind: differenceKind.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(difference),
});

/** A write-off only begins with this: another operator has to approve it. */
export const settleDifference = rpc('payment.settle-difference', {
  request: z.object({
    id,
    operatorId: id,
    action: differenceAction,
    reason: z.string().trim().min(3, 'must say why, in at least 3 characters').max(300),
  }),
  response: difference,
  errors: ['DIFFERENCE_NOT_FOUND', 'DIFFERENCE_ACTION_REFUSED', 'CHANNEL_UNAVAILABLE'],
});

/** `approve: false` sends a wished write-off back to OPEN. */
export const approveWriteOff = rpc('payment.approve-write-off', {
  request: z.object({ id, operatorId: id, approve: z.boolean() }),
  response: difference,
  errors: ['DIFFERENCE_NOT_FOUND', 'DIFFERENCE_ACTION_REFUSED', 'SECOND_PERSON_NEEDED'],
});
