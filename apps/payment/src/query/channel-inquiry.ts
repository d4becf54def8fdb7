import { Injectable } from '@nestjs/common';
import { type ChannelTrade, PaymentChannelFactory } from '#libs/payments';
import { ChannelCalls } from '../channels/channel-calls.js';
import type { SettlementDecision } from '../settlement/decide-settlement.js';
import { SettlementService } from '../settlement/settlement.service.js';

export interface Inquiry {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly expiresAt: Date;
}

/** Asks a channel about an attempt, or to close it, and settles by its answer. Outside any transaction. */
@Injectable()
export class ChannelInquiry {
  constructor(
    private readonly channels: PaymentChannelFactory,
    private readonly calls: ChannelCalls,
    private readonly settlement: SettlementService,
  ) {}

  /** @throws ChannelError when the channel gives no usable answer: nothing has changed here. */
  async query(attempt: Inquiry): Promise<SettlementDecision | null> {
    const trade = await this.ask(attempt, 'query', 'query');
    return this.settle(attempt, trade, 'query');
  }

  /**
   * Closes at the channel, and then here what the channel says. "Not found" closes only a trade that the channel itself
   * would refuse by now: before that, a buyer may still be looking at the code.
   *
   * @throws ChannelError when the channel gives no usable answer: nothing has changed here.
   */
  async close(
    attempt: Inquiry,
    now: Date,
    priority: 'buyer' | 'query' = 'query',
  ): Promise<SettlementDecision | null> {
    const answer = await this.ask(attempt, 'close', priority);
    const expired = now.getTime() > attempt.expiresAt.getTime();
    const trade: ChannelTrade = answer.state === 'NOT_FOUND' && expired ? { state: 'CLOSED' } : answer;
    return this.settle(attempt, trade, 'close');
  }

  private ask(attempt: Inquiry, name: 'query' | 'close', priority: 'buyer' | 'query'): Promise<ChannelTrade> {
    const { id: attemptId, orderId, accountId } = attempt;
    return this.calls.run(accountId, { name, priority, orderId, attemptId }, (channel) =>
      channel[name](attemptId),
    );
  }

  private settle(
    attempt: Inquiry,
    trade: ChannelTrade,
    source: 'query' | 'close',
  ): Promise<SettlementDecision | null> {
    const { channel } = this.channels.account(attempt.accountId);
    return this.settlement.settle({ outTradeNo: attempt.id, trade, channel, mismatches: [], source });
  }
}
