import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SandboxConfig } from '../config.js';
import { Faults } from '../faults/faults.js';
import { planNotifies } from '../notify/notify-plan.js';
import { NotifyQueue } from '../notify/notify-queue.js';
import { modeByTrouble } from '../notify/notify-trouble.js';
import { RefundBook } from '../refund/refund-book.js';
import type { Refund } from '../refund/refund.js';
import { TradeBook } from '../trade/trade-book.js';
import { WechatNotify } from './wechat-notify.js';

/** Tells the merchant how a refund has ended, if the request for it named an address. */
@Injectable()
export class WechatRefundNotify implements OnModuleInit {
  constructor(
    private readonly config: SandboxConfig,
    private readonly refunds: RefundBook,
    private readonly book: TradeBook,
    private readonly faults: Faults,
    private readonly notifies: NotifyQueue,
    private readonly protocol: WechatNotify,
  ) {}

  onModuleInit(): void {
    this.refunds.onSettled((refund) => {
      if (refund.channel === 'wechat' && refund.notifyUrl !== undefined) this.tell(refund);
    });
  }

  private tell(refund: Refund): void {
    const trade = this.book.find('wechat', refund.outTradeNo);
    if (trade === undefined) return;
    const orders = planNotifies({
      mode: modeByTrouble(this.faults, trade.outTradeNo),
      event: trade.state,
      timeScale: this.config.timeScale,
      newNotifyId: () => this.protocol.newNotifyId(Date.now()),
    });
    for (const order of orders) {
      // The channel has nothing to tell of a refund before its end, so there is no older state either.
      if (order.event === trade.state) {
        this.notifies.enqueue(trade, { ...order, outRefundNo: refund.outRefundNo });
      }
    }
  }
}
