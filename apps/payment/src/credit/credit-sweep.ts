import { Injectable } from '@nestjs/common';
import { payment } from '#libs/contracts';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { StoryRepository } from '../story/story.repository.js';
import { CreditRepository } from './credit.repository.js';

const BATCH = 200;

/**
 * Relayed is not received: a message in Redis can vanish, so an order that stays PAID is announced again until the
 * wallet has credited it. The wallet answers a repetition by saying once more what it had said.
 */
@Injectable()
export class CreditSweep extends SweepHost {
  constructor(
    private readonly shards: OrderShards,
    private readonly credits: CreditRepository,
    private readonly stories: StoryRepository,
    private readonly metrics: PaymentMetrics,
    private readonly config: PaymentConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return this.shards.all.map((shard) => ({
      name: `announce overdue orders of shard ${shard.shard} again`,
      everyMs: this.config.sweepEveryMs,
      batch: BATCH,
      work: () => this.round(shard),
    }));
  }

  private async round(shard: OrderShard): Promise<number> {
    const overdue = await this.credits.claimOverdue(shard, BATCH);
    for (const orderId of overdue) {
      const count = await shard.outbox.resend(payment.orderPaid, orderId);
      this.metrics.credits.inc({ result: 'asked_again' });
      const fields = { orderId, count };
      await this.stories.appendBounded(shard.database, shard, {
        orderId,
        kind: 'credit.announced-again',
      });
      if (count > 0) this.log.warn(fields, 'order is paid and not credited yet: announced again');
      else this.log.error(fields, 'order is paid and its outbox row is missing: an operator must look');
    }
    return overdue.length;
  }
}
