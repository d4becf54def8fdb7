import { Injectable } from '@nestjs/common';
import { DomainError, payment } from '#libs/contracts';
import { Database } from '#libs/database';
import { Outbox } from '#libs/outbox';
import { ChannelError } from '#libs/payments';
import { Log } from '#libs/service';
import { OrderShards } from '../orders/order-shards.js';
import { OperatorRefunds } from '../refunds/operator-refunds.service.js';
import { ComparisonRepository } from './comparison.repository.js';
import { actionsFor, writeOffAmount } from './difference-actions.js';
import { DifferenceRepairs } from './difference-repairs.js';
import { DifferenceStory } from './difference-story.js';
import { DifferenceRepository } from './difference.repository.js';
import { type StoredDifference, UNSETTLED } from './difference.js';

export interface OperatorDecision {
  readonly id: string;
  readonly operatorId: string;
  readonly action: payment.DifferenceAction;
  readonly reason: string;
}

/** What operators do with differences; the table of actions says what they may. */
@Injectable()
export class DifferenceDesk {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly shards: OrderShards,
    private readonly differences: DifferenceRepository,
    private readonly comparison: ComparisonRepository,
    private readonly repairs: DifferenceRepairs,
    private readonly refunds: OperatorRefunds,
    private readonly story: DifferenceStory,
    private readonly log: Log,
  ) {}

  /** @throws DomainError `DIFFERENCE_NOT_FOUND`, `DIFFERENCE_ACTION_REFUSED` or `CHANNEL_UNAVAILABLE`. */
  async settle(decision: OperatorDecision): Promise<StoredDifference> {
    const difference = await this.get(decision.id);
    if (!actionsFor(difference).includes(decision.action)) throw refused(difference, decision.action);
    switch (decision.action) {
      case 'accept':
        await this.end(difference, 'ACCEPTED', decision);
        break;
      case 'write_off':
        await this.end(difference, 'APPROVAL_PENDING', decision);
        break;
      case 'repair':
        await this.repair(difference);
        await this.noteWhoRepaired(decision);
        break;
      case 'refund':
        await this.refund(difference, decision);
        break;
    }
    this.log.info(
      { differenceId: decision.id, operatorId: decision.operatorId, action: decision.action },
      'an operator has decided about a difference',
    );
    return this.get(decision.id);
  }

  /** @throws DomainError `SECOND_PERSON_NEEDED` when whoever wished it approves it too. */
  async approve(id: string, operatorId: string, isApproved: boolean): Promise<StoredDifference> {
    const difference = await this.database.transaction(async (transaction) => {
      const locked = await this.differences.lock(transaction, id);
      if (!locked) throw notFound(id);
      if (locked.state !== 'APPROVAL_PENDING') {
        throw new DomainError(
          'DIFFERENCE_ACTION_REFUSED',
          `Nobody has asked to write off difference ${id}: it is ${locked.state}`,
        );
      }
      if (!isApproved) {
        await this.differences.settle(transaction, [id], ['APPROVAL_PENDING'], { to: 'OPEN' });
        return locked;
      }
      if (locked.settledBy === operatorId) {
        throw new DomainError(
          'SECOND_PERSON_NEEDED',
          `You asked to write off difference ${id}: another operator has to approve it`,
        );
      }
      await this.differences.settle(transaction, [id], ['APPROVAL_PENDING'], {
        to: 'WRITTEN_OFF',
        approvedBy: operatorId,
      });
      await this.outbox.append(transaction, payment.differenceWrittenOff, id, {
        differenceId: id,
        channel: locked.channel,
        amount: writeOffAmount(locked),
        reason: locked.reason ?? '',
      });
      return locked;
    });
    if (isApproved) await this.story.settled([difference], 'WRITTEN_OFF', difference.reason ?? '');
    return this.get(id);
  }

  private async repair(difference: StoredDifference): Promise<void> {
    try {
      await this.repairs.repair([difference]);
    } catch (error) {
      throw unavailableIfChannel(error, difference);
    }
  }

  /** What the repair has settled at once was settled by whoever wanted it; what goes on settles itself later. */
  private async noteWhoRepaired({ id, operatorId, reason }: OperatorDecision): Promise<void> {
    for (const to of ['REPAIRED', 'EXPLAINED'] as const) {
      await this.differences.settle(this.database, [id], [to], { to, reason, settledBy: operatorId });
    }
  }

  /** The money has to be known here before it can be given back: first the channel is asked, as a repair does. */
  private async refund(difference: StoredDifference, decision: OperatorDecision): Promise<void> {
    const { attemptId } = difference;
    if (attemptId === null) throw refused(difference, 'refund');
    await this.repair(difference);
    const ours = (await this.comparison.attempts(this.shards.ofId(attemptId), [attemptId])).get(attemptId);
    if (ours?.state !== 'CONFLICTED') {
      const why =
        ours?.state === 'SUCCEEDED'
          ? 'asked just now, the channel says that it is paid, and it has paid its order: its merchant can refund it'
          : ours?.state === 'DUPLICATED'
            ? 'its order had been paid, and it is being given back by itself'
            : 'the channel does not say that it is paid';
      throw new DomainError('DIFFERENCE_ACTION_REFUSED', `Payment ${attemptId} is not refunded: ${why}`);
    }
    const refundId = await this.requestRefund(attemptId, difference, decision);
    await this.end(difference, 'REFUNDED', decision, `Given back by refund ${refundId}`);
  }

  private async requestRefund(
    attemptId: string,
    difference: StoredDifference,
    { operatorId, reason }: OperatorDecision,
  ): Promise<string> {
    try {
      return (await this.refunds.request(attemptId, operatorId, reason)).id;
    } catch (error) {
      // Somebody was faster, from the list of conflicts: what is refused there is refused here.
      if (DomainError.is(error, 'CONFLICT_ALREADY_SETTLED') || DomainError.is(error, 'CONFLICT_NOT_FOUND'))
        throw new DomainError('DIFFERENCE_ACTION_REFUSED', `Difference ${difference.id}: ${error.message}`);
      throw error;
    }
  }

  private async end(
    difference: StoredDifference,
    to: payment.DifferenceState,
    { operatorId, reason }: OperatorDecision,
    explanation?: string,
  ): Promise<void> {
    // A refund's own repair may have settled it a moment ago: the operator's word is the later one.
    const from: readonly payment.DifferenceState[] =
      to === 'REFUNDED' ? [...UNSETTLED, 'REPAIRED'] : UNSETTLED;
    const moved = await this.differences.settle(this.database, [difference.id], from, {
      to,
      reason,
      settledBy: operatorId,
      explanation,
    });
    if (moved === 0) throw refused(await this.get(difference.id), to.toLowerCase());
    if (to !== 'APPROVAL_PENDING') await this.story.settled([difference], to, reason);
  }

  private async get(id: string): Promise<StoredDifference> {
    const difference = await this.differences.find(id);
    if (!difference) throw notFound(id);
    return difference;
  }
}

function notFound(id: string): DomainError {
  return new DomainError('DIFFERENCE_NOT_FOUND', `There is no difference ${id}`);
}

function refused(difference: StoredDifference, action: string): DomainError {
  return new DomainError(
    'DIFFERENCE_ACTION_REFUSED',
    `Difference ${difference.id} is ${difference.kind} and ${difference.state}: ${action} can't be done with it`,
  );
}

function unavailableIfChannel(error: unknown, difference: StoredDifference): unknown {
  if (!ChannelError.is(error)) return error;
  return new DomainError(
    'CHANNEL_UNAVAILABLE',
    `${difference.accountId} could not be asked: ${error.message}`,
  );
}
