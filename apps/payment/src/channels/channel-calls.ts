import { Injectable } from '@nestjs/common';
import { ChannelError, type PaymentChannel, PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import {
  CircuitOpenError,
  DuplicateCallError,
  Turnstile,
  TurnstileError,
  TurnstileTimeoutError,
  TurnstileUnavailableError,
} from '#libs/turnstile';
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

/** Who waits longer comes again by itself: what is due stays due. */
const LINE_TIMEOUT_MS = 10_000;

/**
 * The one way out to a channel: every call stands in its account's line, is measured, and is told in its order's story.
 * Never inside a database transaction.
 */
@Injectable()
export class ChannelCalls {
  constructor(
    private readonly channels: PaymentChannelFactory,
    private readonly turnstile: Turnstile,
    private readonly shards: OrderShards,
    private readonly stories: StoryRepository,
    private readonly metrics: PaymentMetrics,
    private readonly log: Log,
  ) {}

  /** @throws ChannelError only. `NOT_DONE`: it never reached the channel (line too long, circuit open, already asked). */
  async run<T>(
    accountId: string,
    call: ChannelCall,
    work: (channel: PaymentChannel) => Promise<T>,
  ): Promise<T> {
    const account = this.channels.account(accountId);
    const enqueuedAt = performance.now();
    let admittedAt: number | undefined;
    const tell = (outcome: string, code: string | null) =>
      this.tell(account.channel, call, {
        outcome,
        code,
        waitedMs: Math.round((admittedAt ?? performance.now()) - enqueuedAt),
        tookMs: admittedAt === undefined ? null : Math.round(performance.now() - admittedAt),
      });
    try {
      const result = await this.turnstile.pass(
        {
          resource: account.id,
          limits: { ratePerSecond: account.ratePerSecond, maxInFlight: account.maxInFlight },
          priority: call.priority,
          key: keyOf(call),
          timeoutMs: call.timeoutMs ?? LINE_TIMEOUT_MS,
        },
        () => {
          admittedAt = performance.now();
          return work(account.channel);
        },
      );
      await tell(outcomeOf(result), null);
      return result;
    } catch (error) {
      const failure = error instanceof TurnstileError ? notAdmitted(error, accountId) : error;
      if (!ChannelError.is(failure)) throw failure;
      // Whoever asks the same thing again while it is being asked is no part of the story.
      if (failure.channelCode !== 'ALREADY_ASKED') await tell(failure.kind, failure.channelCode);
      throw failure;
    }
  }

  private async tell(
    channel: PaymentChannel,
    call: ChannelCall,
    facts: { outcome: string; code: string | null; waitedMs: number; tookMs: number | null },
  ): Promise<void> {
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

const CODES = [
  [CircuitOpenError, 'CIRCUIT_OPEN'],
  [DuplicateCallError, 'ALREADY_ASKED'],
  [TurnstileTimeoutError, 'LINE_TOO_LONG'],
  [TurnstileUnavailableError, 'LINE_UNAVAILABLE'],
] as const;

/** Two calls of one key are one call too many, in whichever replica. */
function keyOf({ name, refundId, attemptId }: ChannelCall): string | undefined {
  const subject = refundId ?? attemptId;
  return subject === undefined ? undefined : `${name}:${subject}`;
}

function notAdmitted(error: TurnstileError, accountId: string): ChannelError {
  const code = CODES.find(([type]) => error instanceof type)?.[1] ?? 'NOT_ADMITTED';
  return new ChannelError('NOT_DONE', code, `${accountId} was not asked: ${error.message}`, { cause: error });
}

/** Most answers have a state of their own: WAITING, PAID, PROCESSING … */
function outcomeOf(result: unknown): string {
  const state = (result as { state?: unknown } | null | undefined)?.state;
  return typeof state === 'string' ? state : 'DONE';
}
