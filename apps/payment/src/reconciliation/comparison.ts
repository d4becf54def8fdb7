import { Injectable } from '@nestjs/common';
import { formatYuan } from '#libs/money';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { dayAfter, spanOf } from '#libs/calendar';
import { classifyLine } from './classify-line.js';
import { type BillSums, ComparisonRepository, type OnlyHere } from './comparison.repository.js';
import { DifferenceStory } from './difference-story.js';
import { DifferenceRepository } from './difference.repository.js';
import type { FoundDifference } from './difference.js';
import { ReconciliationConfig } from './reconciliation.config.js';
import { type Claim, ReconciliationRepository } from './reconciliation.repository.js';

/** Lines of one join, over all shards. */
const STRETCH = 8_000;
const PAGE = 1_000;
/** Two clocks and a slow network: what was paid this near to midnight may be on the neighbouring day's bill. */
const NEAR_MIDNIGHT_MS = 3_600_000;

/** Compares a loaded bill with our book. Everything it finds is stored under what it is, so it can be run again. */
@Injectable()
export class Comparison {
  constructor(
    private readonly shards: OrderShards,
    private readonly reconciliations: ReconciliationRepository,
    private readonly repository: ComparisonRepository,
    private readonly differences: DifferenceRepository,
    private readonly story: DifferenceStory,
    private readonly config: ReconciliationConfig,
  ) {}

  /** @returns what the bill comes to. @throws LeaseLostError when another replica has taken over. */
  async run(claim: Claim, billLines: number, signal: AbortSignal): Promise<BillSums> {
    let sums: BillSums = { payments: 0, refunds: 0, paidAmount: 0n, refundedAmount: 0n, feeAmount: 0n };
    for (let from = 1; from <= billLines; from += STRETCH) {
      signal.throwIfAborted();
      await this.reconciliations.renew(claim);
      for (const shard of this.shards.all) {
        const range = { from, to: from + STRETCH - 1 };
        sums = added(sums, await this.repository.sums(shard, claim, range));
        const lines = await this.repository.differingLines(shard, claim, range);
        await this.record(claim, lines.flatMap(classifyLine));
      }
    }
    for (const shard of this.shards.all) {
      for (const place of ['live', 'archive'] as const) {
        await this.findOnlyHere(shard, claim, 'payment', place, signal);
        await this.findOnlyHere(shard, claim, 'refund', place, signal);
      }
    }
    await this.differences.explainUnseen(claim);
    return sums;
  }

  private async findOnlyHere(
    shard: OrderShard,
    claim: Claim,
    subject: 'payment' | 'refund',
    place: 'live' | 'archive',
    signal: AbortSignal,
  ): Promise<void> {
    const span = spanOf(claim.billDate);
    const find = subject === 'payment' ? 'paymentsOnlyHere' : 'refundsOnlyHere';
    let afterId: string | undefined = '0';
    while (afterId !== undefined) {
      signal.throwIfAborted();
      await this.reconciliations.renew(claim);
      const found: OnlyHere[] = await this.repository[find](
        shard,
        claim.accountId,
        span,
        place,
        afterId,
        PAGE,
      );
      await this.record(
        claim,
        found.map((ours) => onlyHere(subject, ours, span)),
      );
      afterId = found.length < PAGE ? undefined : found.at(-1)?.id;
    }
  }

  private async record(claim: Claim, found: readonly FoundDifference[]): Promise<void> {
    const carryUntil = spanOf(dayAfter(claim.billDate, this.config.carryDays)).to;
    // The bill of that last day is written on the morning after it.
    carryUntil.setTime(carryUntil.getTime() + (this.config.atHour + 1) * 3_600_000);
    for (let start = 0; start < found.length; start += PAGE) {
      const isNew = await this.differences.record(claim, found.slice(start, start + PAGE), carryUntil);
      await this.story.detected(claim, isNew);
    }
  }
}

function onlyHere(
  subject: 'payment' | 'refund',
  ours: OnlyHere,
  span: { readonly from: Date; readonly to: Date },
): FoundDifference {
  const fromEdgeMs = Math.min(ours.at.getTime() - span.from.getTime(), span.to.getTime() - ours.at.getTime());
  // A channel dates a refund by when it was asked for, by when it was done, or by both, each on its own day's bill.
  const carried = subject === 'refund' || fromEdgeMs < NEAR_MIDNIGHT_MS;
  const what = subject === 'payment' ? 'paid' : 'given back';
  return {
    kind: 'ONLY_HERE',
    subject,
    number: ours.id,
    ourNumber: ours.id,
    channelNumber: ours.channelNumber,
    attemptId: ours.attemptId,
    refundId: subject === 'refund' ? ours.id : null,
    orderId: ours.orderId,
    merchantId: ours.merchantId,
    ourState: ours.state,
    channelAmount: null,
    ourAmount: ours.amount,
    channelFee: null,
    ourFee: ours.fee,
    explanation: `Here ${formatYuan(ours.amount)} yuan were ${what} at ${ours.at.toISOString()}; no bill of this account has it${carried ? ' yet' : ''}`,
    next: carried ? 'CARRY' : 'OPERATOR',
  };
}

function added(one: BillSums, other: BillSums): BillSums {
  return {
    payments: one.payments + other.payments,
    refunds: one.refunds + other.refunds,
    paidAmount: one.paidAmount + other.paidAmount,
    refundedAmount: one.refundedAmount + other.refundedAmount,
    feeAmount: one.feeAmount + other.feeAmount,
  };
}
