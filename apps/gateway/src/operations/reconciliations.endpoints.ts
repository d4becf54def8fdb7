import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const reconciliation = payment.reconciliation
  .extend({
    id,
    billDate: payment.billDate.meta({ description: "A day in Beijing, as the channels' bills have it" }),
    paidAmount: amount,
    refundedAmount: amount,
    feeAmount: amount,
    startedAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Reconciliation' });

const difference = payment.difference
  .extend({
    id,
    reconciliationId: id,
    rechargeId: id.nullable(),
    merchantId: id.nullable(),
    channelAmount: amount.nullable(),
    ourAmount: amount.nullable(),
    channelFee: amount.nullable(),
    ourFee: amount.nullable(),
    actions: z.array(payment.differenceAction).meta({ description: 'What may be done with it now' }),
    settledBy: id.nullable(),
    approvedBy: id.nullable(),
    settledAt: instant.nullable(),
    detectedAt: instant,
  })
  .meta({ id: 'ReconciliationDifference' });

export const startReconciliation = endpoint({
  permission: 'reconciliation:run',
  summary: "Compare a day with the channels' bills, now; running it again does no harm",
  status: 202,
  body: { accountId: payment.channelAccountId.optional(), billDate: payment.billDate },
  response: z.object({ items: z.array(reconciliation) }).meta({ id: 'Reconciliations' }),
  errors: payment.startReconciliation.errors,
});

export const listReconciliations = endpoint({
  permission: 'reconciliation:read',
  summary: 'Reconciliations, the latest first',
  query: {
    accountId: payment.channelAccountId.optional(),
    billDate: payment.billDate.optional(),
    cursor,
    limit,
  },
  response: pageOf(reconciliation, 'Reconciliation'),
});

export const getReconciliation = endpoint({
  permission: 'reconciliation:read',
  summary: 'One reconciliation',
  params: { id },
  response: reconciliation,
  errors: payment.getReconciliation.errors,
});

export const downloadDifferences = endpoint({
  permission: 'reconciliation:read',
  summary: 'The differences of a reconciliation as CSV',
  params: { id },
  response: { contentType: 'text/csv', description: 'One line a difference, amounts in yuan' },
  errors: payment.getReconciliation.errors,
});

export const listDifferences = endpoint({
  permission: 'reconciliation:read',
  summary: 'Differences with the channels, newest first',
  query: {
    reconciliationId: id.optional(),
    state: payment.differenceState.optional(),
    kind: payment.differenceKind.optional(),
    cursor,
    limit,
  },
  response: pageOf(difference, 'ReconciliationDifference'),
});

export const settleDifference = endpoint({
  permission: 'reconciliation:settle',
  summary: 'Accept, repair, refund or write off a difference',
  description: 'A write-off only begins with this: another operator has to approve it.',
  params: { id },
  body: {
    action: payment.differenceAction,
    reason: z.string().trim().min(3, 'must say why, in at least 3 characters').max(300),
  },
  response: difference,
  errors: payment.settleDifference.errors,
});

export const approveWriteOff = endpoint({
  permission: 'reconciliation:approve',
  summary: 'Agree to a write-off that somebody else wants, or send it back',
  params: { id },
  body: { approve: z.boolean() },
  response: difference,
  errors: payment.approveWriteOff.errors,
});
