import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { PaymentChannelFactory } from '#libs/payments';
import { Rpc } from '#libs/transport';
import { beijingDayOf } from '#libs/calendar';
import { DifferenceDesk } from './difference-desk.js';
import { viewOf } from './difference-row.js';
import { DifferenceRepository } from './difference.repository.js';
import { ReconciliationConfig } from './reconciliation.config.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

/** Maps only. */
@Controller()
export class ReconciliationController {
  constructor(
    private readonly reconciliations: ReconciliationRepository,
    private readonly differences: DifferenceRepository,
    private readonly desk: DifferenceDesk,
    private readonly channels: PaymentChannelFactory,
    private readonly config: ReconciliationConfig,
  ) {}

  @Rpc(payment.startReconciliation)
  async start({
    accountId,
    billDate,
  }: RequestOf<typeof payment.startReconciliation>): Promise<ResponseOf<typeof payment.startReconciliation>> {
    const accounts = this.channels.all.filter(({ id }) => accountId === undefined || id === accountId);
    if (accountId !== undefined && accounts.length === 0)
      throw new DomainError('CHANNEL_ACCOUNT_NOT_FOUND', `There is no channel account ${accountId}`);
    const today = beijingDayOf(new Date());
    if (billDate > today || (billDate === today && !this.config.allowsToday))
      throw new DomainError(
        'BILL_NOT_READY',
        `${billDate} is not over in Beijing: its bill is written on the day after`,
      );
    for (const { id, channel } of accounts) await this.reconciliations.request(id, channel.name, billDate);
    const items = await this.reconciliations.list({ accountId, billDate, limit: accounts.length });
    return { items };
  }

  @Rpc(payment.listReconciliations)
  async list({
    cursor,
    limit,
    ...filter
  }: RequestOf<typeof payment.listReconciliations>): Promise<ResponseOf<typeof payment.listReconciliations>> {
    const found = await this.reconciliations.list({ ...filter, beforeId: cursor, limit: limit + 1 });
    return pageOf(found, limit);
  }

  @Rpc(payment.getReconciliation)
  async get({ id }: RequestOf<typeof payment.getReconciliation>): Promise<payment.Reconciliation> {
    const found = await this.reconciliations.find(id);
    if (!found) throw new DomainError('RECONCILIATION_NOT_FOUND', `There is no reconciliation ${id}`);
    return found;
  }

  @Rpc(payment.listDifferences)
  async listDifferences({
    cursor,
    limit,
    ...filter
  }: RequestOf<typeof payment.listDifferences>): Promise<ResponseOf<typeof payment.listDifferences>> {
    const found = await this.differences.list({ ...filter, beforeId: cursor }, limit + 1);
    return pageOf(found.map(viewOf), limit);
  }

  @Rpc(payment.settleDifference)
  async settle(decision: RequestOf<typeof payment.settleDifference>): Promise<payment.Difference> {
    return viewOf(await this.desk.settle(decision));
  }

  @Rpc(payment.approveWriteOff)
  async approve({
    id,
    operatorId,
    approve,
  }: RequestOf<typeof payment.approveWriteOff>): Promise<payment.Difference> {
    return viewOf(await this.desk.approve(id, operatorId, approve));
  }
}

function pageOf<Item extends { readonly id: string }>(found: Item[], limit: number) {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
