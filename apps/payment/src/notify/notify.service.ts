import { Injectable } from '@nestjs/common';
import { fields, type payment } from '#libs/contracts';
import {
  type NotifyReply,
  type NotifyVerdict,
  type PaymentChannel,
  PaymentChannelFactory,
  type RawNotify,
} from '#libs/payments';
import { Log } from '#libs/service';
import { OrderShards } from '../orders/order-shards.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { RefundNotices } from '../refunds/refund-notices.js';
import { SettlementService } from '../settlement/settlement.service.js';
import { StoryRepository } from '../story/story.repository.js';
import { NotifiedOrders } from './notified-orders.repository.js';

type Accepted = Extract<NotifyVerdict, { accepted: true }>;

/** A channel tells that something happened to a trade or to a refund. */
@Injectable()
export class NotifyService {
  constructor(
    private readonly channels: PaymentChannelFactory,
    private readonly settlement: SettlementService,
    private readonly refunds: RefundNotices,
    private readonly notified: NotifiedOrders,
    private readonly shards: OrderShards,
    private readonly stories: StoryRepository,
    private readonly metrics: PaymentMetrics,
    private readonly log: Log,
  ) {}

  /**
   * Signature first, then whose trade it is, then everything in one transaction; the channel hears `success` only after
   * the commit, and hears it again for every repetition. An exception means that nothing is known to have been stored:
   * the gateway then answers an error, and the channel comes again.
   */
  async receive(channelName: payment.ChannelName, notify: RawNotify): Promise<NotifyReply> {
    const { account, verdict } = this.channels.verifyNotify(channelName, notify);
    if (!verdict.accepted)
      return this.refuse(account.channel, verdict.reason, verdict.message, verdict.claimedOutTradeNo);
    if (!(await this.settle(account.channel, verdict))) {
      const number = verdict.about === 'trade' ? verdict.outTradeNo : verdict.outRefundNo;
      const message = `${verdict.about} ${number.slice(0, 64)} is not known here`;
      return this.refuse(account.channel, 'UNKNOWN_ORDER', message, null);
    }
    this.metrics.notifies.inc({ channel: channelName, result: 'ACCEPTED' });
    return account.channel.notifyAccepted;
  }

  /** @returns false when the number is none of ours. One that can't be leads to no table. */
  private async settle(channel: PaymentChannel, verdict: Accepted): Promise<boolean> {
    if (verdict.about === 'refund') {
      if (!fields.id.safeParse(verdict.outRefundNo).success) return false;
      return this.refunds.receive(verdict.outRefundNo, verdict.refund, verdict.mismatches);
    }
    const { outTradeNo, trade, mismatches } = verdict;
    if (!fields.id.safeParse(outTradeNo).success) return false;
    const word = { outTradeNo, trade, channel, mismatches, source: 'notify' as const };
    return (await this.settlement.settle(word)) !== null;
  }

  private async refuse(
    channel: PaymentChannel,
    result: string,
    message: string,
    claimedOutTradeNo: string | null,
  ): Promise<NotifyReply> {
    this.metrics.notifies.inc({ channel: channel.name, result });
    this.log.warn({ channel: channel.name, reason: result }, `notify refused: ${message}`);
    await this.tellRefusal(channel, result, message, claimedOutTradeNo);
    return channel.notifyRefused(message);
  }

  /** Support must see it beside the order that it claims to be about, and nobody may fill a table with it. */
  private async tellRefusal(
    channel: PaymentChannel,
    reason: string,
    message: string,
    claimed: string | null,
  ): Promise<void> {
    if (claimed === null || !fields.id.safeParse(claimed).success) return;
    try {
      const orderId = await this.notified.orderOf(claimed);
      if (orderId === null) return;
      const shard = this.shards.ofId(orderId);
      await this.stories.appendBounded(shard.database, shard, {
        orderId,
        kind: 'notify.refused',
        attemptId: claimed,
        channel: channel.name,
        facts: { reason, message: message.slice(0, 300) },
      });
    } catch (error) {
      this.log.warn({ err: error }, 'a refused notify is missing in the story of the order that it named');
    }
  }
}
