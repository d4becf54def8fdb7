import { Controller } from '@nestjs/common';
import { type PayloadOf, payment } from '#libs/contracts';
import { OnEvent, contextHeaders } from '#libs/transport';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { rechargeTransfer } from './recharge.recipe.js';

@Controller()
export class RechargeController {
  constructor(private readonly postings: PostingAnnouncer) {}

  /** Credits a paid order. Comes at least once, and again until payment has seen `transfer.posted`. */
  @OnEvent(payment.orderPaid)
  async creditPaidOrder(paid: PayloadOf<typeof payment.orderPaid>): Promise<void> {
    await this.postings.post(rechargeTransfer(paid, contextHeaders()), `Order ${paid.orderId} is paid`);
  }
}
