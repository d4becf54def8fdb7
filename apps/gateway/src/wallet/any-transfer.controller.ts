import { wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { TransferCauses } from './transfer-causes.js';
import { getAnyTransfer } from './wallet.endpoints.js';

@ApiTags('Operators')
@Controller('v1/admin/ledger/transfers')
export class AnyTransferController {
  constructor(
    private readonly services: RpcClient,
    private readonly causes: TransferCauses,
  ) {}

  @Get(':id')
  @Endpoint(getAnyTransfer)
  async getAnyTransfer({ params }: InputOf<typeof getAnyTransfer>): Promise<OutputOf<typeof getAnyTransfer>> {
    const transfer = await this.services.call(wallet.getTransfer, { transferId: params.id, ownerId: null });
    const [cause = transfer.cause] = await this.causes.complete([transfer.cause]);
    return { ...transfer, cause };
  }
}
