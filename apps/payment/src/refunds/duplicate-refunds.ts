import { Injectable } from '@nestjs/common';
import type { Transaction } from '#libs/database';
import { OrderIds } from '#libs/orders';
import type { PaidTrade } from '#libs/payments';
import type { OrderShard } from '../orders/order-shards.js';
import type { LockedAttempt } from '../settlement/settlement.repository.js';
import { StoryRepository } from '../story/story.repository.js';
import { insertRefund, requestedEvent } from './new-refund.js';

/** A second payment of one order goes back by itself: asked for in the transaction that finds it, done by the sweep. */
@Injectable()
export class DuplicateRefunds {
  constructor(
    private readonly ids: OrderIds,
    private readonly stories: StoryRepository,
  ) {}

  /** Once per attempt: the key in the unique index says so, whoever finds the duplicate a second time. */
  async request(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    trade: PaidTrade,
  ): Promise<void> {
    const refund = {
      id: this.ids.refundId(attempt.orderId),
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantId: attempt.merchantId,
      kind: 'duplicate' as const,
      channel: attempt.channel,
      accountId: attempt.accountId,
      amount: trade.amount,
      bonusAmount: 0n,
      reason: 'The order had been paid before',
      requestedBy: null,
      idempotencyKey: `duplicate:${attempt.id}`,
      dueInMs: 0,
    };
    await insertRefund(transaction, shard, refund);
    await this.stories.append(transaction, shard, requestedEvent(refund));
  }
}
