import { Injectable } from '@nestjs/common';
import { fields, type payment } from '#libs/contracts';
import { type NotifyReply, type PaymentChannel, PaymentChannelFactory, type RawNotify } from '#libs/payments';
import { Log } from '#libs/service';
import { PaymentMetrics } from '../payment-metrics.js';
import { SettlementService } from '../settlement/settlement.service.js';

/** A channel tells that something happened to a trade. */
@Injectable()
export class NotifyService {
  constructor(
    private readonly channels: PaymentChannelFactory,
    private readonly settlement: SettlementService,
    private readonly metrics: PaymentMetrics,
    private readonly log: Log,
  ) {}

  /**
   * Signature first, then whose trade it is, then everything in one transaction; the channel hears `success` only after
   * the commit, and hears it again for every repetition. An exception means that nothing is known to have been stored:
   * the gateway then answers an error, and the channel comes again.
   */
  async receive(channelName: payment.ChannelName, notify: RawNotify): Promise<NotifyReply> {
    const channel = this.channels.get(channelName);
    const verdict = channel.verifyNotify(notify);
    if (!verdict.accepted) return this.refuse(channel, verdict.reason, verdict.message);
    const { outTradeNo, trade, mismatches } = verdict;
    // A number that can't be one of ours leads to no table.
    const settled = fields.id.safeParse(outTradeNo).success
      ? await this.settlement.settle({ outTradeNo, trade, mismatches, source: 'notify' })
      : null;
    if (!settled)
      return this.refuse(
        channel,
        'UNKNOWN_ORDER',
        `out_trade_no ${outTradeNo.slice(0, 64)} is not known here`,
      );
    this.metrics.notifies.inc({ channel: channelName, result: 'ACCEPTED' });
    return channel.notifyAccepted;
  }

  private refuse(channel: PaymentChannel, result: string, message: string): NotifyReply {
    this.metrics.notifies.inc({ channel: channel.name, result });
    this.log.warn({ channel: channel.name, reason: result }, `notify refused: ${message}`);
    return channel.notifyRefused(message);
  }
}
