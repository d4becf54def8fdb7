import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import { DueQueue } from '../schedule/due-queue.js';
import { reportedFen, type ChannelName, type Trade } from '../trade/trade.js';
import type { Refund, RefundState, RefundTerms } from './refund.js';

const KIND = 'refund';

/** How a new refund goes on. */
export interface RefundCourse {
  /** Makes the channel's number for it, from its sequence number. */
  readonly newRefundNo: (sequence: number, now: number) => string;
  /** Until it ends; `null` leaves it in process until somebody ends it. */
  readonly settlesAfterMs: number | null;
  readonly settlesAs: Refund['settlesAs'];
}

export type RefundOutcome =
  | { readonly outcome: 'created' | 'existing'; readonly refund: Refund }
  /** The number was used with another trade or amount. */
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'not-paid' | 'finished' | 'too-much' };

/** The channels' own book of refunds: what went back of which trade. It knows no channel's words. */
@Injectable()
export class RefundBook implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly refunds: Refund[] = [];
  private readonly byNumber = new Map<string, Refund>();
  private readonly byTrade = new Map<string, Refund[]>();
  private readonly listeners: ((refund: Refund) => void)[] = [];
  private readonly due = new DueQueue((key) => {
    const refund = this.byNumber.get(key);
    if (refund) this.settle(refund, refund.settlesAs);
  });

  constructor(private readonly journal: Journal) {
    for (const refund of journal.take<Refund>(KIND).sort((a, b) => a.sequence - b.sequence)) {
      this.remember(refund);
    }
  }

  /** Takes up what the last run left in process; by now everybody who wants to hear of its end listens. */
  onApplicationBootstrap(): void {
    for (const refund of this.refunds) this.schedule(refund);
  }

  onApplicationShutdown(): void {
    this.due.stop();
  }

  /** Called after a refund has ended. */
  onSettled(listener: (refund: Refund) => void): void {
    this.listeners.push(listener);
  }

  /** The refund of these terms: a new one, or the one that was asked for under this number before. */
  request(trade: Trade, terms: RefundTerms, course: RefundCourse): RefundOutcome {
    const known = this.find(terms.channel, terms.outRefundNo);
    if (known) {
      const isSame = known.outTradeNo === terms.outTradeNo && known.amountFen === terms.amountFen;
      return isSame ? { outcome: 'existing', refund: known } : { outcome: 'mismatch' };
    }
    if (trade.state === 'FINISHED') return { outcome: 'finished' };
    if (trade.state !== 'PAID') return { outcome: 'not-paid' };
    if (this.takenFen(trade) + terms.amountFen > reportedFen(trade)) return { outcome: 'too-much' };
    const now = Date.now();
    const sequence = (this.refunds.at(-1)?.sequence ?? 0) + 1;
    const refund: Refund = {
      ...terms,
      sequence,
      refundNo: course.newRefundNo(sequence, now),
      createdAt: now,
      state: 'PROCESSING',
      settlesAt: course.settlesAfterMs === null ? null : now + course.settlesAfterMs,
      settlesAs: course.settlesAs,
    };
    this.remember(refund);
    this.save(refund);
    this.schedule(refund);
    if (course.settlesAfterMs === 0) this.settle(refund, refund.settlesAs);
    return { outcome: 'created', refund };
  }

  find(channel: ChannelName, outRefundNo: string): Refund | undefined {
    return this.byNumber.get(`${channel}:${outRefundNo}`);
  }

  /** In order of creation. */
  of(trade: Pick<Trade, 'channel' | 'outTradeNo'>): readonly Refund[] {
    return this.byTrade.get(`${trade.channel}:${trade.outTradeNo}`) ?? [];
  }

  /** Everything, in order of creation: what bills are made from. */
  all(): readonly Refund[] {
    return this.refunds;
  }

  /** Gone back, or on its way. */
  takenFen(trade: Trade): bigint {
    return this.of(trade).reduce(
      (sum, refund) => (refund.state === 'CLOSED' ? sum : sum + refund.amountFen),
      0n,
    );
  }

  /** @returns `false` when it has ended already. */
  settle(refund: Refund, state: Exclude<RefundState, 'PROCESSING'>, requestedAt = refund.createdAt): boolean {
    if (refund.state !== 'PROCESSING') return false;
    refund.createdAt = requestedAt;
    refund.state = state;
    refund.settledAt = Date.now();
    this.due.delete(`${refund.channel}:${refund.outRefundNo}`);
    this.save(refund);
    for (const listener of this.listeners) listener(refund);
    return true;
  }

  private remember(refund: Refund): void {
    const key = `${refund.channel}:${refund.outRefundNo}`;
    this.refunds.push(refund);
    this.byNumber.set(key, refund);
    const tradeKey = `${refund.channel}:${refund.outTradeNo}`;
    const siblings = this.byTrade.get(tradeKey);
    if (siblings) siblings.push(refund);
    else this.byTrade.set(tradeKey, [refund]);
  }

  private schedule(refund: Refund): void {
    if (refund.state !== 'PROCESSING' || refund.settlesAt === null) return;
    this.due.set(`${refund.channel}:${refund.outRefundNo}`, refund.settlesAt);
  }

  private save(refund: Refund): void {
    this.journal.put(KIND, `${refund.channel}:${refund.outRefundNo}`, refund);
  }
}
