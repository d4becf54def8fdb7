import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, type withdrawal } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { Log } from '#libs/service';
import { OwnerHistory } from '../withdrawals/owner-history.repository.js';
import { Timeline } from '../withdrawals/timeline.js';
import { type WithdrawalRow, riskFlagsIn, withdrawalOf } from '../withdrawals/withdrawal-row.js';
import { WithdrawalSteps } from '../withdrawals/withdrawal-steps.js';
import { WithdrawalRepository } from '../withdrawals/withdrawal.repository.js';
import { ReviewRepository } from './review.repository.js';

/** Operators decide who is paid: one of them, or two different ones, and nobody about their own. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly database: Database,
    private readonly withdrawals: WithdrawalRepository,
    private readonly reviews: ReviewRepository,
    private readonly history: OwnerHistory,
    private readonly steps: WithdrawalSteps,
    private readonly timeline: Timeline,
    private readonly log: Log,
  ) {}

  async list({
    state,
    cursor,
    limit,
  }: RequestOf<typeof withdrawal.listForReview>): Promise<ResponseOf<typeof withdrawal.listForReview>> {
    const rows = await this.reviews.list(state, cursor, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: await Promise.all(shown.map((row) => this.itemOf(row))),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  /** Twice by the same operator is once. */
  async approve({
    withdrawalId,
    operatorId,
    note,
  }: RequestOf<typeof withdrawal.approveWithdrawal>): Promise<withdrawal.ReviewItem> {
    const approved = await this.database.transaction(async (transaction) => {
      const row = await this.undecided(transaction, withdrawalId, operatorId, 'approve');
      if (row === 'decided by them') return null;
      if (riskFlagsIn(row).length > 0 && note === undefined) {
        const message = `Withdrawal ${withdrawalId} is held for ${riskFlagsIn(row).join(', ')}: say in a note why it is all right`;
        throw new DomainError('RISK_NOTE_NEEDED', message, {
          errors: [{ field: 'note', message: 'is needed where there are risk flags' }],
        });
      }
      await this.reviews.approve(transaction, withdrawalId, operatorId, note ?? null);
      const { length: given } = await this.reviews.approvals(transaction, withdrawalId);
      const facts = { given, needed: row.approvals_needed, note: note ?? null };
      if (given < row.approvals_needed) {
        await this.timeline.append(transaction, withdrawalId, 'approved', facts, operatorId);
        return null;
      }
      const telling = { kind: 'approved', facts, actorId: operatorId } as const;
      // A channel is asked at once; the bank's file is made by an operator.
      const dueInMs = row.method === 'bank' ? null : 0;
      return (await this.steps.stepIn(transaction, row, 'APPROVED', { dueInMs }, telling)) ? row : null;
    });
    this.log.info({ withdrawalId, operatorId, isLast: approved !== null }, 'a withdrawal was approved');
    if (approved) await this.steps.changed(approved, 'APPROVED');
    return this.item(withdrawalId);
  }

  /** Twice by the same operator is once. */
  async reject({
    withdrawalId,
    operatorId,
    reason,
  }: RequestOf<typeof withdrawal.rejectWithdrawal>): Promise<withdrawal.ReviewItem> {
    const rejected = await this.database.transaction(async (transaction) => {
      const row = await this.undecided(transaction, withdrawalId, operatorId, 'reject');
      if (row === 'decided by them') return null;
      const telling = { kind: 'rejected', facts: { reason }, actorId: operatorId } as const;
      const facts = { dueInMs: null, rejection: reason };
      return (await this.steps.stepIn(transaction, row, 'REJECTED', facts, telling)) ? row : null;
    });
    if (rejected) {
      this.log.warn({ withdrawalId, operatorId, reason }, 'a withdrawal was rejected');
      await this.steps.changed(rejected, 'REJECTED');
    }
    return this.item(withdrawalId);
  }

  /** Each by itself; what has risk flags needs a note, and so a look of its own. */
  async approveMany({
    operatorId,
    withdrawalIds,
  }: RequestOf<typeof withdrawal.approveMany>): Promise<ResponseOf<typeof withdrawal.approveMany>> {
    const items: ResponseOf<typeof withdrawal.approveMany>['items'] = [];
    for (const withdrawalId of new Set(withdrawalIds)) {
      try {
        await this.approve({ withdrawalId, operatorId });
        items.push({ withdrawalId, refusal: null });
      } catch (error) {
        if (!DomainError.is(error)) throw error;
        items.push({ withdrawalId, refusal: { code: error.code, message: error.message } });
      }
    }
    return { items };
  }

  /** Locked, and still to be decided by this operator; whoever has approved may still reject while it is in review. */
  private async undecided(
    transaction: Transaction,
    withdrawalId: string,
    operatorId: string,
    decision: 'approve' | 'reject',
  ): Promise<WithdrawalRow | 'decided by them'> {
    const row = await this.withdrawals.lock(transaction, withdrawalId);
    if (!row) throw notFound(withdrawalId);
    if (row.owner_id === operatorId)
      throw new DomainError(
        'OWN_WITHDRAWAL',
        `Withdrawal ${withdrawalId} is your own: another operator decides`,
      );
    const deciders =
      decision === 'approve'
        ? (await this.reviews.approvals(transaction, withdrawalId)).map((approval) => approval.operatorId)
        : [await this.reviews.rejectedBy(transaction, withdrawalId)];
    if (deciders.includes(operatorId)) return 'decided by them';
    if (row.state === 'IN_REVIEW') return row;
    throw new DomainError(
      'WITHDRAWAL_NOT_IN_REVIEW',
      `Withdrawal ${withdrawalId} is ${row.state}: there is nothing to decide`,
    );
  }

  private async item(withdrawalId: string): Promise<withdrawal.ReviewItem> {
    const row = await this.withdrawals.find(withdrawalId);
    if (!row) throw notFound(withdrawalId);
    return this.itemOf(row);
  }

  private async itemOf(row: WithdrawalRow): Promise<withdrawal.ReviewItem> {
    const [approvals, history] = await Promise.all([
      this.reviews.approvals(this.database, row.id),
      this.history.paidBefore(row.owner_id, row.id),
    ]);
    return {
      withdrawal: withdrawalOf(row),
      riskFlags: riskFlagsIn(row),
      approvalsNeeded: row.approvals_needed,
      approvals,
      history,
    };
  }
}

function notFound(withdrawalId: string): DomainError {
  return new DomainError('WITHDRAWAL_NOT_FOUND', `There is no withdrawal ${withdrawalId}`);
}
