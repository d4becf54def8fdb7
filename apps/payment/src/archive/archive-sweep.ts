import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { ArchiveConfig } from './archive.config.js';
import { ArchiveRepository } from './archive.repository.js';

const DAY_MS = 86_400_000;
/** When a shard has nothing (more) to archive, it is looked at again after this. */
const REST_MS = 60_000;

/** Moves ended orders to the archive, a batch and a pause at a time, for as long as there are any. */
@Injectable()
export class ArchiveSweep extends SweepHost {
  private readonly progress = new Map<OrderShard, { afterId: string; restUntilMs: number }>();

  constructor(
    private readonly shards: OrderShards,
    private readonly archive: ArchiveRepository,
    private readonly config: ArchiveConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    if (this.config.afterDays === 0) return [];
    return this.shards.all.map((shard) => ({
      name: `archive old orders of shard ${shard.shard}`,
      everyMs: this.config.pauseMs,
      // A full batch is followed by a pause like any other: this has all the time in the world.
      batch: Infinity,
      work: () => this.round(shard),
    }));
  }

  private async round(shard: OrderShard): Promise<number> {
    const { afterId, restUntilMs } = this.progress.get(shard) ?? { afterId: '0', restUntilMs: 0 };
    const nowMs = Date.now();
    if (nowMs < restUntilMs) return 0;
    const endedBefore = new Date(nowMs - this.config.afterDays * DAY_MS);
    const { archived, lastId } = await this.archive.archiveBatch(
      shard,
      endedBefore,
      afterId,
      this.config.batch,
    );
    this.progress.set(shard, { afterId: lastId ?? '0', restUntilMs: lastId === null ? nowMs + REST_MS : 0 });
    if (archived > 0) this.log.info({ shard: shard.shard, archived }, 'old orders are in the archive');
    return archived;
  }
}
