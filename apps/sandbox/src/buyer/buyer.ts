import { Injectable } from '@nestjs/common';
import { Channels } from '../channel/channels.js';
import { SandboxConfig } from '../config.js';
import { Faults } from '../faults/faults.js';
import { planNotifies, type NotifyMode } from '../notify/notify-plan.js';
import { NotifyQueue } from '../notify/notify-queue.js';
import { modeByTrouble } from '../notify/notify-trouble.js';
import { TradeBook, type PayOutcome } from '../trade/trade-book.js';
import type { Trade } from '../trade/trade.js';

/** What the buyer does, and what trouble it makes. */
export interface Purchase {
  /** `normal` (also when left out) leaves it to the random faults, if there are any. */
  readonly notify?: NotifyMode;
  readonly amountFen?: bigint;
  readonly delayMs?: number;
  /** Milliseconds since 1970; now when left out. */
  readonly paidAt?: number;
  readonly finished?: boolean;
}

/** Pays, in the place of a person with a telephone, and sets the notifies going. */
@Injectable()
export class Buyer {
  constructor(
    private readonly config: SandboxConfig,
    private readonly book: TradeBook,
    private readonly faults: Faults,
    private readonly notifies: NotifyQueue,
    private readonly channels: Channels,
  ) {}

  pay(trade: Trade, purchase: Purchase): PayOutcome {
    const known = this.book.find(trade.channel, trade.outTradeNo);
    const evenIfClosed = known?.state === 'CLOSED' && this.faults.strikes('paidAfterClose', trade.outTradeNo);
    const outcome = this.book.pay(trade, {
      amountFen: this.amountOf(trade, purchase),
      finished: purchase.finished ?? false,
      evenIfClosed,
      ...(purchase.paidAt === undefined ? {} : { paidAt: purchase.paidAt }),
    });
    if (outcome !== 'paid' || trade.notifyUrl === undefined) return outcome;
    const { notify } = this.channels.of(trade.channel);
    const orders = planNotifies({
      mode: this.modeOf(trade, purchase),
      event: trade.state,
      ...(purchase.delayMs === undefined ? {} : { delayMs: purchase.delayMs }),
      timeScale: this.config.timeScale,
      newNotifyId: () => notify.newNotifyId(Date.now()),
    });
    for (const order of orders) this.notifies.enqueue(trade, order);
    return outcome;
  }

  private amountOf(trade: Trade, purchase: Purchase): bigint {
    if (purchase.amountFen !== undefined) return purchase.amountFen;
    if (trade.state !== 'WAITING' || !this.faults.strikes('wrongAmount', trade.outTradeNo))
      return trade.amountFen;
    // One fen too little, and one too much where nothing would be left.
    return trade.amountFen > 1n ? trade.amountFen - 1n : trade.amountFen + 1n;
  }

  private modeOf(trade: Trade, purchase: Purchase): NotifyMode {
    if (purchase.notify !== undefined && purchase.notify !== 'normal') return purchase.notify;
    return modeByTrouble(this.faults, trade.outTradeNo);
  }
}
