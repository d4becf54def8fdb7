import { Injectable } from '@nestjs/common';
import { DomainError, type payment } from '#libs/contracts';
import { OrderIds } from '#libs/orders';
import { Log } from '#libs/service';
import { OrderCache } from '../orders/order-cache.js';
import { OrderShards } from '../orders/order-shards.js';
import { StoryRepository } from '../story/story.repository.js';
import { type NewRefund, insertRefund, requestedEvent } from './new-refund.js';
import { refundOf } from './refund-row.js';
import { RefundRepository } from './refund.repository.js';

interface UnownedRow {
  readonly order_id: string;
  readonly merchant_id: string;
  readonly state: payment.AttemptState;
  readonly channel: payment.ChannelName;
  readonly account_id: string;
  readonly paid_amount: string | null;
  readonly channel_trade_no: string | null;
}

/** An operator gives back what a buyer paid and no order has: the sweep does it, as it does all refunds. */
@Injectable()
export class OperatorRefunds {
  constructor(
    private readonly shards: OrderShards,
    private readonly refunds: RefundRepository,
    private readonly stories: StoryRepository,
    private readonly cache: OrderCache,
    private readonly ids: OrderIds,
    private readonly log: Log,
  ) {}

  /** @throws DomainError when there is no such payment, or it was given back, or is on its way. */
  async request(attemptId: string, operatorId: string, reason: string): Promise<payment.Refund> {
    const shard = this.shards.ofId(attemptId);
    const { attempts, refunds } = shard.tables;
    const refund = await shard.database.transaction(async (transaction): Promise<NewRefund> => {
      // The attempt's row is the lock: of two operators at once, the second sees the refund of the first.
      const [attempt] = await transaction.query<UnownedRow>(
        `SELECT \`order_id\`, \`merchant_id\`, \`state\`, \`channel\`, \`account_id\`, \`paid_amount\`, \`channel_trade_no\` FROM \`${attempts}\` WHERE \`id\` = ? FOR UPDATE`,
        [attemptId],
      );
      const isUnowned = attempt?.state === 'CONFLICTED' || attempt?.state === 'DUPLICATED';
      if (!attempt || !isUnowned || attempt.paid_amount === null || attempt.channel_trade_no === null)
        throw new DomainError(
          'CONFLICT_NOT_FOUND',
          `Attempt ${attemptId} has no payment that could be given back`,
        );
      const before = await transaction.query<{ id: string; state: payment.RefundState }>(
        `SELECT \`id\`, \`state\` FROM \`${refunds}\` WHERE \`attempt_id\` = ?`,
        [attemptId],
      );
      const standing = before.find(({ state }) => state !== 'FAILED');
      if (standing)
        throw new DomainError(
          'CONFLICT_ALREADY_SETTLED',
          `Refund ${standing.id} gives attempt ${attemptId} back already: it is ${standing.state}`,
        );
      const wish: NewRefund = {
        id: this.ids.refundId(attempt.order_id),
        orderId: attempt.order_id,
        attemptId,
        merchantId: attempt.merchant_id,
        kind: attempt.state === 'DUPLICATED' ? 'duplicate' : 'conflict',
        channel: attempt.channel,
        accountId: attempt.account_id,
        amount: BigInt(attempt.paid_amount),
        bonusAmount: 0n,
        reason,
        requestedBy: operatorId,
        idempotencyKey: `operator:${attemptId}:${before.length}`,
        dueInMs: 0,
      };
      await insertRefund(transaction, shard, wish);
      await this.stories.append(transaction, shard, requestedEvent(wish));
      return wish;
    });
    this.log.warn({ refundId: refund.id, attemptId, operatorId }, 'an operator gives a payment back');
    await this.cache.invalidate(refund.orderId);
    const row = await this.refunds.findById(refund.id);
    if (!row) throw new Error(`Refund ${refund.id} has vanished`);
    return refundOf(row);
  }
}
