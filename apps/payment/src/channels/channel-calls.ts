import { Injectable } from '@nestjs/common';
import { type CallFacts, ChannelLine } from '#libs/channel-line';
import { type PaymentChannel, PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { Turnstile } from '#libs/turnstile';
import { OrderShards } from '../orders/order-shards.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { StoryRepository } from '../story/story.repository.js';

export interface ChannelCall {
  readonly name: 'prepay' | 'query' | 'close' | 'refund' | 'query_refund' | 'bill';
  /** A buyer who waits goes before everybody else. */
  readonly priority: 'buyer' | 'query' | 'refund' | 'bill';
  /** With it the call stands in the order's story. */
  readonly orderId?: string | undefined;
  readonly attemptId?: string | undefined;
  readonly refundId?: string | undefined;
  /** How long it may stand in line. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The one way out to a channel: every call stands in its account's line, is measured, and is told in its order's story.
 * Never inside a database transaction.
 */
@Injectable()
export class ChannelCalls {
  private readonly line: ChannelLine;

  constructor(
    private readonly channels: PaymentChannelFactory,
    turnstile: Turnstile,
    private readonly shards: OrderShards,
    private readonly stories: StoryRepository,
    private readonly metrics: PaymentMetrics,
    private readonly log: Log,
  ) {
    this.line = new ChannelLine(turnstile);
  }

  /** @throws ChannelError only. `NOT_DONE`: it never reached the channel (line too long, circuit open, already asked). */
  async run<T>(
    accountId: string,
    call: ChannelCall,
    work: (channel: PaymentChannel) => Promise<T>,
  ): Promise<T> {
    const account = this.channels.account(accountId);
    const { priority, timeoutMs } = call;
    return this.line.run(account, { priority, timeoutMs, key: keyOf(call) }, work, (facts) =>
      this.tell(account.channel, call, facts),
    );
  }

  private async tell(channel: PaymentChannel, call: ChannelCall, facts: CallFacts): Promise<void> {
    this.metrics.channelCalls.observe(
      { channel: channel.name, account: channel.accountId, call: call.name, outcome: facts.outcome },
      (facts.tookMs ?? 0) / 1_000,
    );
    if (call.orderId === undefined) return;
    const shard = this.shards.ofId(call.orderId);
    try {
      await this.stories.append(shard.database, shard, {
        orderId: call.orderId,
        kind: 'channel.called',
        attemptId: call.attemptId,
        refundId: call.refundId,
        channel: channel.name,
        facts: { call: call.name, account: channel.accountId, ...facts },
      });
    } catch (error) {
      // The call has happened, whoever could write it down: its outcome is what counts.
      this.log.warn({ err: error, orderId: call.orderId }, 'a call to the channel is missing in the story');
    }
  }
}

/** Two calls of one key are one call too many, in whichever replica. */
function keyOf({ name, refundId, attemptId }: ChannelCall): string | undefined {
  const subject = refundId ?? attemptId;
  return subject === undefined ? undefined : `${name}:${subject}`;
}
