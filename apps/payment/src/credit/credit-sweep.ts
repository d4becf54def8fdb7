import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { payment } from '#libs/contracts';
import { Sweep } from '#libs/jobs';
import { Log } from '#libs/service';
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
export class CreditSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    shards: OrderShards,
    private readonly credits: CreditRepository,
    private readonly stories: StoryRepository,
    private readonly metrics: PaymentMetrics,
    config: PaymentConfig,
    private readonly log: Log,
  ) {
    this.sweeps = shards.all.map(
      (shard) =>
        new Sweep({
          name: `announce overdue orders of shard ${shard.shard} again`,
          everyMs: config.sweepEveryMs,
          batch: BATCH,
          work: () => this.round(shard),
          onError: (error, name) => this.log.error({ err: error }, `could not ${name}`),
        }),
    );
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
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
