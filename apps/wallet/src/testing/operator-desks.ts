import { leaseIdGenerator } from '#libs/ids';
import { Log } from '#libs/service';
import { AdjustmentDesk } from '../adjustment/adjustment-desk.js';
import { AdjustmentPosting } from '../adjustment/adjustment-posting.js';
import { AdjustmentSweep } from '../adjustment/adjustment-sweep.js';
import { AdjustmentController } from '../adjustment/adjustment.controller.js';
import { AdjustmentRepository } from '../adjustment/adjustment.repository.js';
import { BonusExpiry } from '../bonus/bonus-expiry.js';
import { EarningsConfig } from '../earnings/earnings.config.js';
import type { LedgerService } from '../ledger/ledger.service.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { SettlementDesk } from '../settlement/settlement-desk.js';
import { SettlementSweep } from '../settlement/settlement-sweep.js';
import { SettlementController } from '../settlement/settlement.controller.js';
import { SettlementRepository } from '../settlement/settlement.repository.js';
import type { TestLedger } from './test-ledger.js';

export type OperatorDesks = Awaited<ReturnType<typeof openDesks>>;

/** What operators work at, over a ledger of the test's choice; sweeps are run by the test, round by round. */
export async function openDesks({ database }: TestLedger, ledger: Pick<LedgerService, 'post'>) {
  const { ids, release } = await leaseIdGenerator(database, () => undefined);
  const log = Log.create('wallet', 'wallet-1', 'silent');
  // Postings are all that these need of the ledger.
  const asked = ledger as LedgerService;
  const adjustments = new AdjustmentRepository(database);
  const expiry = new BonusExpiry(adjustments, asked, new TransferRepository(), database, log);
  const posting = new AdjustmentPosting(adjustments, asked, expiry, log);
  const config = new EarningsConfig({ MATURITY_DAYS: 7, MATURITY_EVERY_MS: 60_000 });
  const desk = new AdjustmentDesk(adjustments, posting, ids, config, log);
  const settlementRows = new SettlementRepository(database);
  const settlementDesk = new SettlementDesk(settlementRows, asked, ids, log);
  return {
    adjustments: new AdjustmentController(desk, adjustments),
    adjustmentSweep: new AdjustmentSweep(adjustments, posting, log),
    settlements: new SettlementController(settlementDesk, settlementRows),
    settlementSweep: new SettlementSweep(settlementRows, settlementDesk, log),
    close: release,
  };
}
