import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SandboxConfig } from '../config.js';
import { NotifyQueue } from '../notify/notify-queue.js';
import { TradeBook } from '../trade/trade-book.js';
import { newNotifyId } from './alipay-words.js';

/** Alipay tells of a closed trade only a merchant that has subscribed to it. */
@Injectable()
export class AlipayCloseNotify implements OnModuleInit {
  constructor(
    private readonly config: SandboxConfig,
    private readonly book: TradeBook,
    private readonly notifies: NotifyQueue,
  ) {}

  onModuleInit(): void {
    if (!this.config.notifyOnClose) return;
    this.book.onClosed((trade) => {
      if (trade.channel !== 'alipay' || trade.notifyUrl === undefined) return;
      this.notifies.enqueue(trade, { notifyId: newNotifyId(Date.now()), event: 'CLOSED' });
    });
  }
}
