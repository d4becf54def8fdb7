import { Injectable } from '@nestjs/common';
import { Metrics } from '#libs/service';

/** What an operator watches of payments. */
@Injectable()
export class PaymentMetrics {
  readonly notifies;
  readonly settlements;
  readonly channelCalls;
  readonly credits;
  readonly webhooks;

  constructor(metrics: Metrics) {
    this.notifies = metrics.counter(
      'payment_notifies_total',
      'Notifies from channels, by what became of them',
      ['channel', 'result'],
    );
    this.settlements = metrics.counter('payment_settlements_total', 'Decisions upon what a channel said', [
      'source',
      'action',
    ]);
    this.channelCalls = metrics.durations('payment_channel_call', 'Calls to payment channels', [
      'channel',
      'account',
      'call',
      'outcome',
    ]);
    this.credits = metrics.counter(
      'payment_credits_total',
      'Orders credited, and orders whose credit had to be asked for again',
      ['result'],
    );
    this.webhooks = metrics.counter(
      'payment_webhook_tries_total',
      "Tries to reach a merchant's webhook, by their result",
      ['result'],
    );
  }
}
