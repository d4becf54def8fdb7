import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import { Log } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { type NewStoryEvent, StoryRepository } from '../story/story.repository.js';
import type { FoundDifference, StoredDifference } from './difference.js';

/** Tells orders' stories what reconciliation found about them, and what became of it. */
@Injectable()
export class DifferenceStory {
  constructor(
    private readonly shards: OrderShards,
    private readonly stories: StoryRepository,
    private readonly log: Log,
  ) {}

  detected(
    day: { readonly accountId: string; readonly channel: payment.ChannelName; readonly billDate: string },
    differences: readonly FoundDifference[],
  ): Promise<void> {
    return this.append(
      differences.map((difference) => ({
        orderId: difference.orderId,
        kind: 'reconciliation.difference',
        attemptId: difference.attemptId ?? undefined,
        refundId: difference.refundId ?? undefined,
        channel: day.channel,
        facts: {
          kind: difference.kind,
          account: day.accountId,
          billDate: day.billDate,
          channelAmount: yuan(difference.channelAmount),
          ourAmount: yuan(difference.ourAmount),
          explanation: difference.explanation,
        },
      })),
    );
  }

  settled(
    differences: readonly StoredDifference[],
    state: payment.DifferenceState,
    how: string,
  ): Promise<void> {
    return this.append(
      differences.map((difference) => ({
        orderId: difference.orderId,
        kind: 'reconciliation.settled',
        attemptId: difference.attemptId ?? undefined,
        refundId: difference.refundId ?? undefined,
        channel: difference.channel,
        facts: { kind: difference.kind, state, billDate: difference.billDate, how },
      })),
    );
  }

  /** The difference itself is stored already: a story that lacks a line is no reason to do the work again. */
  private async append(
    events: readonly (Omit<NewStoryEvent, 'orderId'> & { orderId: string | null })[],
  ): Promise<void> {
    const byShard = new Map<OrderShard, NewStoryEvent[]>();
    for (const event of events) {
      if (event.orderId === null) continue;
      const shard = this.shards.ofId(event.orderId);
      const told = byShard.get(shard) ?? [];
      told.push({ ...event, orderId: event.orderId });
      byShard.set(shard, told);
    }
    for (const [shard, told] of byShard) {
      try {
        await this.stories.appendAll(shard.database, shard, told);
      } catch (error) {
        this.log.warn(
          { err: error, count: told.length },
          'what reconciliation found is missing in orders’ stories',
        );
      }
    }
  }
}

const yuan = (amount: bigint | null) => (amount === null ? null : formatYuan(amount));
