import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { RETRY_SECONDS, SettlementDesk } from './settlement-desk.js';
import { SettlementRepository } from './settlement.repository.js';

const EVERY_MS = 1_000;
const BATCH = 50;

/** Books what was recorded by a process that died before the ledger had answered. */
@Injectable()
export class SettlementSweep extends SweepHost {
  constructor(
    private readonly settlements: SettlementRepository,
    private readonly desk: SettlementDesk,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return [{ name: 'book recorded settlements', everyMs: EVERY_MS, batch: BATCH, work: () => this.round() }];
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
