import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { AdjustmentDesk } from './adjustment-desk.js';
import { AdjustmentRepository } from './adjustment.repository.js';

@Controller()
export class AdjustmentController {
  constructor(
    private readonly desk: AdjustmentDesk,
    private readonly adjustments: AdjustmentRepository,
  ) {}

  @Rpc(wallet.requestAdjustment)
  request(
    wish: RequestOf<typeof wallet.requestAdjustment>,
  ): Promise<ResponseOf<typeof wallet.requestAdjustment>> {
    return this.desk.request(wish);
  }

  @Rpc(wallet.approveAdjustment)
  approve({
    adjustmentId,
    operatorId,
  }: RequestOf<typeof wallet.approveAdjustment>): Promise<ResponseOf<typeof wallet.approveAdjustment>> {
    return this.desk.approve(adjustmentId, operatorId);
  }

  @Rpc(wallet.rejectAdjustment)
  reject({
    adjustmentId,
    operatorId,
    reason,
  }: RequestOf<typeof wallet.rejectAdjustment>): Promise<ResponseOf<typeof wallet.rejectAdjustment>> {
    return this.desk.reject(adjustmentId, operatorId, reason);
  }

  @Rpc(wallet.listAdjustments)
  async list({
    limit,
    ...filter
  }: RequestOf<typeof wallet.listAdjustments>): Promise<ResponseOf<typeof wallet.listAdjustments>> {
    const found = await this.adjustments.list(filter, limit + 1);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Rpc(wallet.getAdjustment)
  get({
    adjustmentId,
  }: RequestOf<typeof wallet.getAdjustment>): Promise<ResponseOf<typeof wallet.getAdjustment>> {
    return this.desk.get(adjustmentId);
  }

  @Rpc(wallet.getAttachment)
  attachment({
    adjustmentId,
  }: RequestOf<typeof wallet.getAttachment>): Promise<ResponseOf<typeof wallet.getAttachment>> {
    return this.desk.attachment(adjustmentId);
  }
}
