import { Controller } from '@nestjs/common';
import { type PayloadOf, wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { OnEvent } from '#libs/transport';
import { OrderChanges } from '../orders/order-changes.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { RefundSettlements } from '../refunds/refund-settlements.service.js';
import { CreditRepository } from './credit.repository.js';

/** How a refund's end is booked; its hold is answered to whoever asked for it. */
const REFUND_ENDS: ReadonlySet<wallet.TransferKind> = new Set(['refund', 'refund_release', 'unowned_refund']);

@Controller()
export class CreditController {
  constructor(
    private readonly credits: CreditRepository,
    private readonly refunds: RefundSettlements,
    private readonly changes: OrderChanges,
    private readonly metrics: PaymentMetrics,
    private readonly log: Log,
  ) {}

  /** The wallet has booked something: an order's credit, or the end of a refund. Comes at least once; the guarded change makes the first one count. */
  @OnEvent(wallet.transferPosted)
  async recordCredit(posted: PayloadOf<typeof wallet.transferPosted>): Promise<void> {
    if (REFUND_ENDS.has(posted.kind)) return this.refunds.record(posted);
    if (posted.kind !== 'recharge') return;
    const orderId = posted.reference;
    if (await this.credits.markCredited(orderId, posted.transferId, posted.postedAt)) {
      this.metrics.credits.inc({ result: 'credited' });
      this.log.info({ orderId, transferId: posted.transferId }, 'order is credited');
      const order = await this.credits.findState(orderId);
      if (order) await this.changes.changed(orderId, order.merchantId, 'CREDITED');
      return;
    }
    const order = await this.credits.findState(orderId);
    if (order?.state === 'CREDITED') return;
    throw new Error(
      `Transfer ${posted.transferId} credited order ${orderId}, which is ${order?.state ?? 'unknown here'}`,
    );
  }
}
