import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { RefundProgress } from './refund-progress.js';
import type { RefundRow } from './refund-row.js';
import { RefundRepository } from './refund.repository.js';

const BATCH = 50;

/** The sure half of refunds: takes up what is due, from wherever it stands. */
@Injectable()
export class RefundSweep extends SweepHost {
  constructor(
    private readonly shards: OrderShards,
    private readonly refunds: RefundRepository,
    private readonly progress: RefundProgress,
    private readonly config: PaymentConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return this.shards.all.map((shard) => ({
      name: `take up due refunds of shard ${shard.shard}`,
      everyMs: this.config.sweepEveryMs,
      batch: BATCH,
      work: () => this.round(shard),
    }));
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
