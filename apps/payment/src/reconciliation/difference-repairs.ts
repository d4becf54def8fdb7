import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import { Database } from '#libs/database';
import { ChannelError } from '#libs/payments';
import { Log } from '#libs/service';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { ChannelInquiry } from '../query/channel-inquiry.js';
import { RefundRepository } from '../refunds/refund.repository.js';
import { ComparisonRepository } from './comparison.repository.js';
import { DifferenceStory } from './difference-story.js';
import { DifferenceRepository } from './difference.repository.js';
import { type StoredDifference, UNSETTLED } from './difference.js';
import { PAID_STATES } from './classify-line.js';
import { FeeCorrections } from './fee-corrections.js';

/** Questions to a channel at once: its line has the last word. */
const AT_ONCE = 8;
/** A refund that is asked about so often and does not move waits for somebody. */
const MAX_CHECKS = 20;

/** What repairs itself: each attempt is harmless, and done again until it has helped or is an operator's. */
@Injectable()
export class DifferenceRepairs {
  constructor(
    private readonly database: Database,
    private readonly shards: OrderShards,
    private readonly differences: DifferenceRepository,
    private readonly comparison: ComparisonRepository,
    private readonly fees: FeeCorrections,
    private readonly inquiry: ChannelInquiry,
    private readonly refunds: RefundRepository,
    private readonly archive: ArchiveRepository,
    private readonly story: DifferenceStory,
    private readonly log: Log,
  ) {}

  /** @throws ChannelError only for a single difference: of many, those whose channel is silent are due again later. */
  async repair(differences: readonly StoredDifference[]): Promise<void> {
    await this.bringBack(differences);
    const of = (kind: payment.DifferenceKind) => differences.filter((each) => each.kind === kind);
    await this.explain(of('ONLY_HERE'));
    await this.correctFees(of('FEE_DIFFERS'));
    const asked = of('ONLY_AT_CHANNEL').filter(
      (each) => each.subject === 'payment' && each.attemptId !== null,
    );
    for (let start = 0; start < asked.length; start += AT_ONCE) {
      await Promise.all(
        asked.slice(start, start + AT_ONCE).map((each) => this.settleMissed(each, differences.length === 1)),
      );
    }
    for (const difference of of('STATE_DIFFERS')) await this.urgeRefund(difference);
  }

  /** Something of theirs is about to change: orders that are in the archive come back first. */
  private async bringBack(differences: readonly StoredDifference[]): Promise<void> {
    for (const shard of this.shards.all) {
      const wanted = new Set(
        differences
          .map(({ orderId }) => orderId)
          .filter((id) => id !== null && this.shards.ofId(id) === shard),
      );
      if (wanted.size === 0) continue;
      const live = await shard.database.query<{ id: string }>(
        `SELECT \`id\` FROM \`${shard.tables.orders}\` WHERE \`id\` IN (?)`,
        [[...wanted]],
      );
      for (const { id } of live) wanted.delete(id);
      for (const id of wanted) if (id !== null) await this.archive.restore(id);
    }
  }

  /** What only we have may be on another day's bill by now; what has been carried for long enough is an operator's. */
  private async explain(differences: readonly StoredDifference[]): Promise<void> {
    for (const [shard, subject, here] of this.grouped(differences)) {
      const [first] = here;
      if (!first) continue;
      const numbers = here.map(({ number }) => number);
      const found = await this.comparison.onBills(shard, first.accountId, subject, numbers);
      await this.end(
        here.filter(({ number }) => found.has(number)),
        'EXPLAINED',
        'It is on the bill of another day',
      );
      const missing = here.filter(({ number, state }) => state === 'CARRIED' && !found.has(number));
      await this.differences.settle(this.database, idsOf(missing), ['CARRIED'], { to: 'OPEN' });
    }
  }

  private async correctFees(differences: readonly StoredDifference[]): Promise<void> {
    if (differences.length === 0) return;
    await this.fees.apply(differences);
    await this.end(differences, 'REPAIRED', 'The fee of the bill is booked');
  }

  /** The channel is asked; what it says is settled as if it had told us itself. */
  private async settleMissed(difference: StoredDifference, isTold: boolean): Promise<void> {
    const { attemptId, orderId } = difference;
    if (attemptId === null || orderId === null) return;
    const shard = this.shards.ofId(attemptId);
    try {
      const [row] = await shard.database.query<{ expires_at: Date }>(
        `SELECT \`expires_at\` FROM \`${shard.tables.attempts}\` WHERE \`id\` = ?`,
        [attemptId],
      );
      if (!row) return;
      await this.inquiry.query({
        id: attemptId,
        orderId,
        accountId: difference.accountId,
        expiresAt: row.expires_at,
      });
    } catch (error) {
      if (isTold || !ChannelError.is(error)) throw error;
      this.log.warn(
        { err: error, differenceId: difference.id },
        'a payment of the bill could not be asked about',
      );
      return;
    }
    const ours = (await this.comparison.attempts(shard, [attemptId])).get(attemptId);
    if (!ours || !(PAID_STATES as readonly string[]).includes(ours.state)) {
      const explanation = `On the bill it is paid; the channel itself, asked just now, does not say so (here it is ${ours?.state ?? 'unknown'})`;
      await this.differences.rest(difference.id, explanation);
      return;
    }
    await this.fees.apply([difference]);
    await this.end([difference], 'REPAIRED', `The channel was asked, and the attempt is ${ours.state} now`);
  }

  /** Made due at once: the refund's own query finds out. Looked at again until it has moved. */
  private async urgeRefund(difference: StoredDifference): Promise<void> {
    const { refundId } = difference;
    if (refundId === null) return;
    const shard = this.shards.ofId(refundId);
    const refund = (await this.comparison.refunds(shard, [refundId])).get(refundId);
    if (refund?.state === 'SUCCEEDED' && difference.ourState !== 'SUCCEEDED') {
      await this.fees.apply([difference]);
      await this.end([difference], 'REPAIRED', 'The channel was asked, and the refund has succeeded');
      return;
    }
    const isAsked = await this.refunds.askSoon(refundId);
    if (!isAsked || difference.checkCount >= MAX_CHECKS) await this.differences.rest(difference.id);
  }

  private async end(
    differences: readonly StoredDifference[],
    to: payment.DifferenceState,
    explanation: string,
  ): Promise<void> {
    if (differences.length === 0) return;
    const ended = await this.differences.settle(this.database, idsOf(differences), UNSETTLED, {
      to,
      explanation,
    });
    if (ended > 0) await this.story.settled(differences, to, explanation);
  }

  private *grouped(
    differences: readonly StoredDifference[],
  ): Generator<[OrderShard, 'payment' | 'refund', StoredDifference[]]> {
    for (const accountId of new Set(differences.map((each) => each.accountId))) {
      for (const shard of this.shards.all) {
        for (const subject of ['payment', 'refund'] as const) {
          const here = differences.filter(
            (each) =>
              each.accountId === accountId &&
              each.subject === subject &&
              this.shards.ofId(each.number) === shard,
          );
          if (here.length > 0) yield [shard, subject, here];
        }
      }
    }
  }
}

const idsOf = (differences: readonly StoredDifference[]) => differences.map(({ id }) => id);
