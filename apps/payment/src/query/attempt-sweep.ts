import { Injectable } from '@nestjs/common';
import { ChannelError } from '#libs/payments';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { AttemptOpener } from '../attempts/attempt-opener.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { ChannelInquiry } from './channel-inquiry.js';
import { type DueAttempt, DueAttemptsRepository } from './due-attempts.repository.js';
import { isDueToClose } from './query-ladder.js';

const BATCH = 50;

/** Lost notifies: climbs the query ladder of every open attempt, closes the expired, looks once more at the closed. */
@Injectable()
export class AttemptSweep extends SweepHost {
  constructor(
    private readonly shards: OrderShards,
    private readonly due: DueAttemptsRepository,
    private readonly inquiry: ChannelInquiry,
    private readonly attempts: AttemptRepository,
    private readonly opener: AttemptOpener,
    private readonly config: PaymentConfig,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return this.shards.all.map((shard) => ({
      name: `ask about due attempts of shard ${shard.shard}`,
      everyMs: this.config.sweepEveryMs,
      batch: BATCH,
      work: () => this.round(shard),
    }));
  }

  private async round(shard: OrderShard): Promise<number> {
    const attempts = await this.due.claim(shard, this.config.ladder, BATCH);
    await Promise.all(attempts.map((attempt) => this.inquire(shard, attempt)));
    return attempts.length;
  }

  private async inquire(shard: OrderShard, attempt: DueAttempt): Promise<void> {
    try {
      await this.take(shard, attempt, new Date());
    } catch (error) {
      const fields = { orderId: attempt.orderId, attemptId: attempt.id, account: attempt.accountId };
      if (ChannelError.is(error, 'NOT_DONE')) {
        // The channel was never asked, so this was no rung of the ladder: soon again.
        await this.due.postpone(shard, attempt.id, this.config.ladder.rungsMs[0] ?? 10_000);
        this.log.debug({ ...fields, code: error.channelCode }, 'the channel could not be asked: soon again');
      } else if (ChannelError.is(error)) {
        this.log.warn(
          { ...fields, kind: error.kind, code: error.channelCode },
          'the channel gave no answer: asked again later',
        );
      } else {
        this.log.error({ ...fields, err: error }, 'could not settle a due attempt: tried again later');
      }
    }
  }

  private async take(shard: OrderShard, attempt: DueAttempt, now: Date): Promise<void> {
    if (attempt.state === 'CLOSED' || attempt.state === 'FAILED') {
      const decision = await this.inquiry.query(attempt);
      if (decision?.action === 'NONE') await this.due.rest(shard, attempt.id);
      return;
    }
    const isPaidByAnother = attempt.orderState === 'PAID' || attempt.orderState === 'CREDITED';
    if (isPaidByAnother || isDueToClose(this.config.ladder, attempt, now)) {
      await this.inquiry.close(attempt, now);
      return;
    }
    // Never opened, because we or the channel died over it: nobody can have paid what nobody was shown.
    const unopened = attempt.state === 'CREATED' ? await this.attempts.findOpenable(attempt.id) : null;
    if (unopened) await this.opener.open(unopened, 'query');
    else await this.inquiry.query(attempt);
  }
}
