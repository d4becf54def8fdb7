import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { OrderRepository } from '../orders/order.repository.js';
import { OperatorRefunds } from './operator-refunds.service.js';
import { RefundLists } from './refund-lists.repository.js';
import { refundOf } from './refund-row.js';
import { RefundRepository } from './refund.repository.js';
import { RefundsService } from './refunds.service.js';

@Controller()
export class RefundsController {
  constructor(
    private readonly service: RefundsService,
    private readonly operators: OperatorRefunds,
    private readonly refunds: RefundRepository,
    private readonly lists: RefundLists,
    private readonly orders: OrderRepository,
  ) {}

  @Rpc(payment.createRefund)
  create(request: RequestOf<typeof payment.createRefund>): Promise<payment.Refund> {
    return this.service.create(request);
  }

  @Rpc(payment.listRefunds)
  async list({
    merchantId,
    rechargeId,
  }: RequestOf<typeof payment.listRefunds>): Promise<ResponseOf<typeof payment.listRefunds>> {
    const order = await this.orders.findById(rechargeId);
    if (order?.merchant_id !== merchantId)
      throw new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${rechargeId}`);
    return { items: (await this.refunds.listOfOrder(rechargeId)).map(refundOf) };
  }

  @Rpc(payment.findRefundOrders)
  async findOrders({
    refundIds,
  }: RequestOf<typeof payment.findRefundOrders>): Promise<ResponseOf<typeof payment.findRefundOrders>> {
    const rows = await Promise.all(refundIds.map((refundId) => this.refunds.findById(refundId)));
    return { items: rows.flatMap((row) => (row ? [{ refundId: row.id, rechargeId: row.order_id }] : [])) };
  }

  @Rpc(payment.searchRefunds)
  async search(
    request: RequestOf<typeof payment.searchRefunds>,
  ): Promise<ResponseOf<typeof payment.searchRefunds>> {
    const rows = await this.lists.search(request, request.limit + 1);
    const items = rows.slice(0, request.limit).map(refundOf);
    return { items, nextCursor: rows.length > request.limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Rpc(payment.listDuplicates)
  async listDuplicates({
    cursor,
    limit,
  }: RequestOf<typeof payment.listDuplicates>): Promise<ResponseOf<typeof payment.listDuplicates>> {
    const found = await this.lists.duplicates(cursor, limit + 1);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.attemptId ?? null) : null };
  }

  @Rpc(payment.refundConflict)
  refundConflict({
    attemptId,
    operatorId,
    reason,
  }: RequestOf<typeof payment.refundConflict>): Promise<payment.Refund> {
    return this.operators.request(attemptId, operatorId, reason);
  }
}
