import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { DeliveryRepository } from './delivery.repository.js';
import { WebhookConfig } from './webhook.config.js';

const EVERY_MS = 60_000;
const BATCH = 500;

/** Takes old deliveries out of the log. What is still to be sent stays, however old it is. */
@Injectable()
export class WebhookPruning extends SweepHost {
  constructor(
    private readonly shards: OrderShards,
    private readonly deliveries: DeliveryRepository,
    private readonly config: WebhookConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return this.shards.all.map((shard) => ({
      name: `prune the webhooks' log of shard ${shard.shard}`,
      everyMs: EVERY_MS,
      batch: BATCH,
      work: () => this.round(shard),
    }));
  }

  /** @returns how many it took away: a full batch means more. */
  round(shard: OrderShard): Promise<number> {
    return this.deliveries.prune(shard, new Date(Date.now() - this.config.keepMs), BATCH);
  }
}
