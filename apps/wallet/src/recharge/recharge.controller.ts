import { Controller } from '@nestjs/common';
import { type PayloadOf, DomainError, payment, wallet } from '#libs/contracts';
import { Outbox } from '#libs/outbox';
import { Log } from '#libs/service';
import { OnEvent, contextHeaders } from '#libs/transport';
import { LedgerService } from '../ledger/ledger.service.js';
import { rechargeTransfer } from './recharge.recipe.js';

@Controller()
export class RechargeController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {}

  /** Credits a paid order. Comes at least once, and again until payment has seen `transfer.posted`. */
  @OnEvent(payment.orderPaid)
  async creditPaidOrder(paid: PayloadOf<typeof payment.orderPaid>): Promise<void> {
    const outcome = await this.ledger.post(rechargeTransfer(paid, contextHeaders()));
    if (outcome.status === 'rejected') {
      // Real money that the book refuses: it goes to the dead letters, where an operator sees it.
      throw new DomainError(
        outcome.code,
        `Order ${paid.orderId} is paid and can't be credited (transfer ${outcome.transferId})`,
      );
    }
    const fields = { orderId: paid.orderId, transferId: outcome.transferId };
    if (outcome.replayed) {
      this.log.info(fields, 'order was credited before: told again');
      await this.outbox.resend(wallet.transferPosted, outcome.transferId);
    } else {
      this.log.info(fields, 'order is credited');
    }
  }
}
