import { Module } from '@nestjs/common';
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

@Module({
  controllers: [
    RechargeController,
    RefundController,
    UnownedController,
    ReconciliationController,
    StatementController,
  ],
  providers: [
    AccountRepository,
    TransferRepository,
    LedgerPosting,
    LedgerService,
    PostingAnnouncer,
    StatementRepository,
  ],
})
export class WalletModule {}
