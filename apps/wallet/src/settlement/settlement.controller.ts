import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { SettlementDesk } from './settlement-desk.js';
import { SettlementRepository } from './settlement.repository.js';

@Controller()
export class SettlementController {
  constructor(
    private readonly desk: SettlementDesk,
    private readonly settlements: SettlementRepository,
  ) {}

  @Rpc(wallet.recordSettlement)
  record(
    wish: RequestOf<typeof wallet.recordSettlement>,
  ): Promise<ResponseOf<typeof wallet.recordSettlement>> {
    return this.desk.record(wish);
  }

  @Rpc(wallet.listSettlements)
  async list({
    limit,
    ...filter
  }: RequestOf<typeof wallet.listSettlements>): Promise<ResponseOf<typeof wallet.listSettlements>> {
    const found = await this.settlements.list(filter, limit + 1);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}
