import { type DynamicModule, Module } from '@nestjs/common';
import { AdjustmentController } from './adjustment/adjustment.controller.js';
import { AdjustmentDesk } from './adjustment/adjustment-desk.js';
import { AdjustmentPosting } from './adjustment/adjustment-posting.js';
import { AdjustmentSweep } from './adjustment/adjustment-sweep.js';
import { AdjustmentRepository } from './adjustment/adjustment.repository.js';
import { BonusExpiry } from './bonus/bonus-expiry.js';
import { BookController } from './book/book.controller.js';
import { BookRepository } from './book/book.repository.js';
import { FlowSums } from './book/flow-sums.js';
import { CampaignController } from './campaign/campaign.controller.js';
import { CheckerModule } from './checker/checker.module.js';
import { EarningsConfig } from './earnings/earnings.config.js';
import { EarningsController } from './earnings/earnings.controller.js';
import { EarningsRepository } from './earnings/earnings.repository.js';
import { MaturityJob } from './earnings/maturity-job.js';
import { AccountRepository } from './ledger/account.repository.js';
import { LedgerPosting } from './ledger/ledger-posting.js';
import { LedgerService } from './ledger/ledger.service.js';
import { TransferRepository } from './ledger/transfer.repository.js';
import { PostingAnnouncer } from './ledger/posting-announcer.js';
import { RechargeController } from './recharge/recharge.controller.js';
import { ReconciliationController } from './reconciliation/reconciliation.controller.js';
import { RefundController } from './refund/refund.controller.js';
import { SettlementController } from './settlement/settlement.controller.js';
import { SettlementDesk } from './settlement/settlement-desk.js';
import { SettlementSweep } from './settlement/settlement-sweep.js';
import { SettlementRepository } from './settlement/settlement.repository.js';
import { UnownedController } from './unowned/unowned.controller.js';
import { PostedTransferRepository } from './statement/posted-transfer.repository.js';
import { StatementBlocks } from './statement/statement-blocks.js';
import { StatementController } from './statement/statement.controller.js';
import { StatementRepository } from './statement/statement.repository.js';
import { StatementService } from './statement/statement.service.js';
import type { WalletEnvironment } from './wallet.environment.js';
import { WithdrawalController } from './withdrawal/withdrawal.controller.js';

@Module({
  controllers: [
    RechargeController,
    RefundController,
    UnownedController,
    ReconciliationController,
    CampaignController,
    EarningsController,
    WithdrawalController,
    StatementController,
    AdjustmentController,
    SettlementController,
    BookController,
  ],
  providers: [
    AccountRepository,
    TransferRepository,
    LedgerPosting,
    LedgerService,
    PostingAnnouncer,
    StatementRepository,
    StatementBlocks,
    StatementService,
    PostedTransferRepository,
    EarningsRepository,
    MaturityJob,
    AdjustmentRepository,
    AdjustmentDesk,
    AdjustmentPosting,
    AdjustmentSweep,
    BonusExpiry,
    SettlementRepository,
    SettlementDesk,
    SettlementSweep,
    BookRepository,
    FlowSums,
  ],
})
export class WalletModule {
  static forRoot(environment: WalletEnvironment): DynamicModule {
    return {
      module: WalletModule,
      imports: [CheckerModule.forRoot(environment)],
      providers: [{ provide: EarningsConfig, useValue: new EarningsConfig(environment) }],
    };
  }
}
