import { payment, type wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { RpcClient } from '#libs/transport';
import { Injectable } from '@nestjs/common';

/** Leads from refunds to their recharges: the ledger knows the refund, payment knows what it is a refund of. */
@Injectable()
export class TransferCauses {
  constructor(
    private readonly services: RpcClient,
    private readonly log: Log,
  ) {}

  /** In the same order. While payment does not answer, refunds lead nowhere: a statement does not wait for that. */
  async complete(causes: readonly wallet.TransferCause[]): Promise<wallet.TransferCause[]> {
    const refundIds = [...new Set(causes.filter(({ type }) => type === 'refund').map(({ id }) => id))];
    if (refundIds.length === 0) return [...causes];
    const orders = await this.ordersOf(refundIds);
    return causes.map((cause) =>
      cause.type === 'refund' ? { ...cause, orderId: orders.get(cause.id) ?? null } : cause,
    );
  }

  private async ordersOf(refundIds: string[]): Promise<Map<string, string>> {
    try {
      const { items } = await this.services.call(payment.findRefundOrders, { refundIds });
      return new Map(items.map(({ refundId, rechargeId }) => [refundId, rechargeId]));
    } catch (error) {
      this.log.warn(
        { err: error, refunds: refundIds.length },
        'payment did not say what these refunds are of',
      );
      return new Map();
    }
  }
}
