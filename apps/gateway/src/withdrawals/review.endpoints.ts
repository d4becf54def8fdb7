import { withdrawal } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';
import { anyWithdrawal } from './withdrawals.endpoints.js';

const { note } = withdrawal.approveWithdrawal.request.shape;
const { reason } = withdrawal.rejectWithdrawal.request.shape;

const reviewItem = withdrawal.reviewItem
  .extend({
    withdrawal: anyWithdrawal,
    riskFlags: z
      .array(withdrawal.riskFlag)
      .meta({ description: 'With any of them an approval needs a note, and none is given in bulk' }),
    approvals: z.array(
      withdrawal.approval.extend({ operatorId: id, at: instant }).meta({ id: 'WithdrawalApproval' }),
    ),
    history: withdrawal.reviewItem.shape.history
      .extend({ paidAmount: amount, firstAt: instant.nullable() })
      .meta({ id: 'WithdrawalHistory', description: 'Of the owner, before this one' }),
  })
  .meta({ id: 'WithdrawalReview' });

const event = withdrawal.withdrawalEvent
  .extend({ at: instant, actorId: id.nullable().meta({ description: 'The operator or owner who did it' }) })
  .meta({ id: 'AnyWithdrawalEvent' });

export const listForReview = endpoint({
  permission: 'withdrawal:review',
  summary: 'Withdrawals with what one needs to decide: what waits oldest first, all else newest first',
  query: { state: withdrawal.withdrawalState.default('IN_REVIEW'), cursor, limit },
  response: pageOf(reviewItem, 'WithdrawalReview'),
});

export const getAnyWithdrawal = endpoint({
  permission: 'withdrawal:review',
  summary: 'One withdrawal of any owner, and what has happened to it, oldest first',
  params: { id },
  response: z
    .object({ withdrawal: anyWithdrawal, events: z.array(event) })
    .meta({ id: 'AnyWithdrawalWithEvents' }),
  errors: withdrawal.getWithdrawal.errors,
});

export const approveWithdrawal = endpoint({
  permission: 'withdrawal:approve',
  summary: 'Approve a withdrawal, once by each operator',
  params: { id },
  body: { note: note.meta({ description: 'Why it is all right; needed where there are risk flags' }) },
  response: reviewItem,
  errors: withdrawal.approveWithdrawal.errors,
});

export const rejectWithdrawal = endpoint({
  permission: 'withdrawal:approve',
  summary: 'Reject a withdrawal: the money is available to its owner again',
  params: { id },
  body: { reason: reason.meta({ description: 'Told to the owner' }) },
  response: reviewItem,
  errors: withdrawal.rejectWithdrawal.errors,
});

export const approveWithdrawals = endpoint({
  permission: 'withdrawal:approve',
  summary: 'Approve many withdrawals, each by itself',
  description: 'What has risk flags is left to a look of its own.',
  body: { withdrawalIds: z.array(id).min(1).max(100) },
  response: z
    .object({
      items: z.array(
        z
          .object({
            withdrawalId: id,
            refusal: z
              .object({ code: z.string(), message: z.string() })
              .nullable()
              .meta({ description: 'Null: your approval stands' }),
          })
          .meta({ id: 'WithdrawalApprovalOutcome' }),
      ),
    })
    .meta({ id: 'WithdrawalApprovalOutcomes' }),
  errors: withdrawal.approveMany.errors,
});
