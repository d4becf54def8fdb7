import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, withdrawal } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { BankService } from './bank.service.js';

@Controller()
export class BankController {
  constructor(private readonly bank: BankService) {}

  @Rpc(withdrawal.createBankBatch)
  create({ operatorId }: RequestOf<typeof withdrawal.createBankBatch>): Promise<withdrawal.BankBatch> {
    return this.bank.create(operatorId);
  }

  @Rpc(withdrawal.listBankBatches)
  list(
    request: RequestOf<typeof withdrawal.listBankBatches>,
  ): Promise<ResponseOf<typeof withdrawal.listBankBatches>> {
    return this.bank.list(request);
  }

  @Rpc(withdrawal.getBankFile)
  file(
    request: RequestOf<typeof withdrawal.getBankFile>,
  ): Promise<ResponseOf<typeof withdrawal.getBankFile>> {
    return this.bank.file(request);
  }

  @Rpc(withdrawal.importBankResults)
  importResults(
    request: RequestOf<typeof withdrawal.importBankResults>,
  ): Promise<ResponseOf<typeof withdrawal.importBankResults>> {
    return this.bank.importResults(request);
  }
}
