import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from '#libs/jobs';
import { Log } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { RefundProgress } from './refund-progress.js';
import type { RefundRow } from './refund-row.js';
import { RefundRepository } from './refund.repository.js';

const BATCH = 50;

/** The sure half of refunds: takes up what is due, from wherever it stands. */
@Injectable()
export class RefundSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    shards: OrderShards,
    private readonly refunds: RefundRepository,
    private readonly progress: RefundProgress,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {
    this.sweeps = shards.all.map(
      (shard) =>
        new Sweep({
          name: `take up due refunds of shard ${shard.shard}`,
          everyMs: config.sweepEveryMs,
          batch: BATCH,
          work: () => this.round(shard),
          onError: (error, name) => log.error({ err: error }, `could not ${name}`),
        }),
    );
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
  }

  /** @returns how many were due. */
  async round(shard: OrderShard): Promise<number> {
    const due = await this.refunds.claimDue(shard, this.config.refundRetryMs, BATCH);
    await Promise.all(due.map((refund) => this.advance(refund)));
    return due.length;
  }

  private async advance(refund: RefundRow): Promise<void> {
    try {
      await this.progress.advance(refund);
    } catch (error) {
      this.log.error(
        { err: error, refundId: refund.id, orderId: refund.order_id },
        'could not take a refund further: tried again later',
      );
    }
  }
}
