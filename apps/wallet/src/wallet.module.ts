import { Module } from '@nestjs/common';
import { AccountRepository } from './ledger/account.repository.js';
import { LedgerPosting } from './ledger/ledger-posting.js';
import { LedgerService } from './ledger/ledger.service.js';
import { TransferRepository } from './ledger/transfer.repository.js';
import { RechargeController } from './recharge/recharge.controller.js';
import { StatementController } from './statement/statement.controller.js';
import { StatementRepository } from './statement/statement.repository.js';

@Module({
  controllers: [RechargeController, StatementController],
  providers: [AccountRepository, TransferRepository, LedgerPosting, LedgerService, StatementRepository],
})
export class WalletModule {}
