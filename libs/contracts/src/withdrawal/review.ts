import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';
import { riskFlag, withdrawal, withdrawalState } from './withdrawal.js';

export const approval = z.object({ operatorId: id, at: instant, note: z.string().nullable() });

/** A withdrawal with what one needs to know to decide about it. */
export const reviewItem = z.object({
  withdrawal,
  riskFlags: z.array(riskFlag),
  /** How many different operators have to approve it. */
  approvalsNeeded: z.number().int(),
  approvals: z.array(approval),
  history: z.object({
    /** Of the owner, before this one. */
    paidCount: z.number().int(),
    paidAmount: micros,
    failedCount: z.number().int(),
    firstAt: instant.nullable(),
  }),
});
export type ReviewItem = z.output<typeof reviewItem>;

/** Oldest first for what waits, newest first for anything else. */
export const listForReview = rpc('withdrawal.list-for-review', {
  request: z.object({
    state: withdrawalState.default('IN_REVIEW'),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(reviewItem),
});

const decision = { withdrawalId: id, operatorId: id };
const decisionErrors = ['WITHDRAWAL_NOT_FOUND', 'WITHDRAWAL_NOT_IN_REVIEW', 'OWN_WITHDRAWAL'] as const;

/** Once by each operator. With risk flags a note has to say why it is all right. */
export const approveWithdrawal = rpc('withdrawal.approve-withdrawal', {
  request: z.object({ ...decision, note: z.string().trim().min(1).max(300).optional() }),
  response: reviewItem,
  errors: [...decisionErrors, 'RISK_NOTE_NEEDED'],
});

export const rejectWithdrawal = rpc('withdrawal.reject-withdrawal', {
  request: z.object({ ...decision, reason: z.string().trim().min(1).max(300) }),
  response: reviewItem,
  errors: decisionErrors,
});

/** Approves each by itself; what has risk flags is left to a look of its own. */
export const approveMany = rpc('withdrawal.approve-many', {
  request: z.object({ operatorId: id, withdrawalIds: z.array(id).min(1).max(100) }),
  response: z.object({
    items: z.array(
      z.object({
        withdrawalId: id,
        /** Null: this operator's approval stands. */
        refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
      }),
    ),
  }),
});
