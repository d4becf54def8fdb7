import { type DynamicModule, Module } from '@nestjs/common';
import { CampaignController } from './campaign/campaign.controller.js';
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
import { UnownedController } from './unowned/unowned.controller.js';
import { StatementController } from './statement/statement.controller.js';
import { StatementRepository } from './statement/statement.repository.js';
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
  ],
  providers: [
    AccountRepository,
    TransferRepository,
    LedgerPosting,
    LedgerService,
    PostingAnnouncer,
    StatementRepository,
    EarningsRepository,
    MaturityJob,
  ],
})
export class WalletModule {
  static forRoot(environment: WalletEnvironment): DynamicModule {
    return {
      module: WalletModule,
      providers: [{ provide: EarningsConfig, useValue: new EarningsConfig(environment) }],
    };
  }
}
