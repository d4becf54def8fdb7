import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from '#libs/jobs';
import { Log } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { DeliveryRepository } from './delivery.repository.js';
import { WebhookConfig } from './webhook.config.js';

const EVERY_MS = 60_000;
const BATCH = 500;

/** Takes old deliveries out of the log. What is still to be sent stays, however old it is. */
@Injectable()
export class WebhookPruning implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    shards: OrderShards,
    private readonly deliveries: DeliveryRepository,
    private readonly config: WebhookConfig,
    log: Log,
  ) {
    this.sweeps = shards.all.map(
      (shard) =>
        new Sweep({
          name: `prune the webhooks' log of shard ${shard.shard}`,
          everyMs: EVERY_MS,
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

  /** @returns how many it took away: a full batch means more. */
  round(shard: OrderShard): Promise<number> {
    return this.deliveries.prune(shard, new Date(Date.now() - this.config.keepMs), BATCH);
  }
}
