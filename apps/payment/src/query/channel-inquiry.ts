import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import { ChannelError, type ChannelTrade, PaymentChannelFactory } from '#libs/payments';
import { PaymentMetrics } from '../payment-metrics.js';
import { SettlementService } from '../settlement/settlement.service.js';
import type { SettlementDecision } from '../settlement/decide-settlement.js';

interface Inquiry {
  readonly id: string;
  readonly channel: payment.ChannelName;
  readonly expiresAt: Date;
}

/** Asks a channel about an attempt, or to close it, and settles by its answer. Outside any transaction. */
@Injectable()
export class ChannelInquiry {
  constructor(
    private readonly channels: PaymentChannelFactory,
    private readonly settlement: SettlementService,
    private readonly metrics: PaymentMetrics,
  ) {}

  /** @throws ChannelError when the channel gives no usable answer: nothing has changed here. */
  async query(attempt: Inquiry): Promise<SettlementDecision | null> {
    const trade = await this.timed(attempt.channel, 'query', (channel) => channel.query(attempt.id));
    return this.settlement.settle({ outTradeNo: attempt.id, trade, mismatches: [], source: 'query' });
  }

  /**
   * Closes at the channel, and then here what the channel says. "Not found" closes only a trade that the channel itself
   * would refuse by now: before that, a buyer may still be looking at the code.
   *
   * @throws ChannelError when the channel gives no usable answer: nothing has changed here.
   */
  async close(attempt: Inquiry, now: Date): Promise<SettlementDecision | null> {
    const answer = await this.timed(attempt.channel, 'close', (channel) => channel.close(attempt.id));
    const expired = now.getTime() > attempt.expiresAt.getTime();
    const trade: ChannelTrade = answer.state === 'NOT_FOUND' && expired ? { state: 'CLOSED' } : answer;
    return this.settlement.settle({ outTradeNo: attempt.id, trade, mismatches: [], source: 'close' });
  }

  private async timed(
    name: payment.ChannelName,
    call: 'query' | 'close',
    work: (channel: ReturnType<PaymentChannelFactory['get']>) => Promise<ChannelTrade>,
  ): Promise<ChannelTrade> {
    const stop = this.metrics.channelCalls.startTimer({ channel: name, call });
    try {
      const trade = await work(this.channels.get(name));
      stop({ outcome: trade.state });
      return trade;
    } catch (error) {
      stop({ outcome: ChannelError.is(error) ? error.kind : 'ERROR' });
      throw error;
    }
  }
}
