import { Injectable } from '@nestjs/common';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { Vault } from '#libs/vault';
import { PayoutAccountRepository } from './payout-account.repository.js';
import { PayoutAccountsService } from './payout-accounts.service.js';

const BATCH = 200;
const EVERY_MS = 60_000;

/** Takes changed keys over, and seals anew what is still under an old one, so that the old one can be thrown away. */
@Injectable()
export class KeyRotation extends SweepHost {
  constructor(
    private readonly vault: Vault,
    private readonly repository: PayoutAccountRepository,
    private readonly accounts: PayoutAccountsService,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return [
      {
        name: 'seal payout accounts with the current key',
        everyMs: EVERY_MS,
        batch: Infinity,
        work: () => this.round(),
      },
    ];
  }

  /** @returns how many were under an old key. */
  async round(): Promise<number> {
    this.vault.reload();
    let resealed = 0;
    for (let after = '0'; ;) {
      const rows = await this.repository.after(after, BATCH);
      const count = await this.accounts.reseal(rows);
      resealed += count;
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) break;
      after = last.id;
    }
    if (resealed > 0) this.log.warn({ resealed }, 'payout accounts are sealed with the current key now');
    return resealed;
  }
}
