import { Injectable } from '@nestjs/common';
import { type PayloadOf, type wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { OrderChanges } from '../orders/order-changes.js';
import { OrderShards } from '../orders/order-shards.js';
import { StoryRepository } from '../story/story.repository.js';
import { RefundRepository } from './refund.repository.js';

/** The wallet has booked a refund's end: nothing is due for it any more. */
@Injectable()
export class RefundSettlements {
  constructor(
    private readonly shards: OrderShards,
    private readonly refunds: RefundRepository,
    private readonly stories: StoryRepository,
    private readonly changes: OrderChanges,
    private readonly log: Log,
  ) {}

  async record({
    transferId,
    kind,
    reference: refundId,
  }: PayloadOf<typeof wallet.transferPosted>): Promise<void> {
    const refund = await this.refunds.findById(refundId);
    if (!refund) throw new Error(`Transfer ${transferId} settled refund ${refundId}, which is unknown here`);
    const shard = this.shards.ofId(refundId);
    await shard.database.transaction(async (transaction) => {
      if (!(await this.refunds.markSettled(transaction, shard, refundId, transferId))) {
        throw new Error(`Transfer ${transferId} settled refund ${refundId}, which is ${refund.state}`);
      }
      await this.stories.appendBounded(transaction, shard, {
        orderId: refund.order_id,
        kind: 'refund.settled',
        attemptId: refund.attempt_id,
        refundId,
        channel: refund.channel,
        facts: { transferId, kind },
      });
    });
    this.log.info({ refundId, transferId, kind }, 'refund is booked');
    // The last line of the order's story: whoever has it open sees it now.
    const state = await this.refunds.findOrderState(refund.order_id);
    if (state) await this.changes.changed(refund.order_id, refund.merchant_id, state);
  }
}
