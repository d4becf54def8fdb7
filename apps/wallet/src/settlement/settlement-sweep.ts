import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from '#libs/jobs';
import { Log } from '#libs/service';
import { RETRY_SECONDS, SettlementDesk } from './settlement-desk.js';
import { SettlementRepository } from './settlement.repository.js';

const EVERY_MS = 1_000;
const BATCH = 50;

/** Books what was recorded by a process that died before the ledger had answered. */
@Injectable()
export class SettlementSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Sweep;

  constructor(
    private readonly settlements: SettlementRepository,
    private readonly desk: SettlementDesk,
    private readonly log: Log,
  ) {
    this.sweep = new Sweep({
      name: 'book recorded settlements',
      everyMs: EVERY_MS,
      batch: BATCH,
      work: () => this.round(),
      onError: (error, name) => log.error({ err: error }, `could not ${name}`),
    });
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }

  /** @returns how many were due. */
  async round(): Promise<number> {
    const due = await this.settlements.claimDue(BATCH, RETRY_SECONDS);
    for (const settlement of due) {
      try {
        await this.desk.book(settlement, {});
      } catch (error) {
        this.log.error(
          { err: error, settlementId: settlement.id },
          'could not book a settlement: tried again',
        );
      }
    }
    return due.length;
  }
}
