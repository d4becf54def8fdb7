import { Injectable } from '@nestjs/common';
import { payment } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { formatYuan } from '#libs/money';
import type { ChannelTrade, PaidTrade, PaymentChannel } from '#libs/payments';
import { Log } from '#libs/service';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { retakeOffer } from '../offers/offer-uses.js';
import { OrderChanges } from '../orders/order-changes.js';
import { OrderRepository } from '../orders/order.repository.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { DuplicateRefunds } from '../refunds/duplicate-refunds.js';
import { type NewStoryEvent, type StoryFacts, StoryRepository } from '../story/story.repository.js';
import { tellOfOrder } from '../webhooks/webhook-notices.js';
import { type SettlementDecision, decideSettlement } from './decide-settlement.js';
import { type LockedAttempt, type Payment, SettlementRepository } from './settlement.repository.js';

/** How the channel's word reached us. */
export type SettlementSource = 'notify' | 'query' | 'close';

export interface ChannelWord {
  /** The attempt's id. */
  readonly outTradeNo: string;
  readonly trade: ChannelTrade;
  /** Our account at the channel whose word it is. */
  readonly channel: PaymentChannel;
  readonly mismatches: readonly string[];
  readonly source: SettlementSource;
}

/** How long the wallet has to say that it has credited, before it is told again. */
const CREDIT_WAIT_MS = 5_000;

/** Turns the channel's word about a trade into states, once, whoever brings it and however often. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly shards: OrderShards,
    private readonly orders: OrderRepository,
    private readonly attempts: AttemptRepository,
    private readonly repository: SettlementRepository,
    private readonly archive: ArchiveRepository,
    private readonly duplicates: DuplicateRefunds,
    private readonly stories: StoryRepository,
    private readonly changes: OrderChanges,
    private readonly metrics: PaymentMetrics,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /**
   * One transaction: attempt and order are locked, it is decided, states move, and what others must know is in the
   * outbox. Whatever dies before the commit leaves everything as it was, and the channel tells again or is asked again.
   *
   * @returns what was decided; null when there is no such attempt.
   */
  async settle(word: ChannelWord): Promise<SettlementDecision | null> {
    const decision = await this.settleLive(word);
    // Late, but not too late: what happens to an archived order happens among the live ones.
    return decision === null && (await this.archive.restoreOf(word.outTradeNo))
      ? this.settleLive(word)
      : decision;
  }

  private async settleLive(word: ChannelWord): Promise<SettlementDecision | null> {
    const shard = this.shards.ofId(word.outTradeNo);
    const settled = await shard.database.transaction(async (transaction) => {
      const attempt = await this.repository.lockAttempt(transaction, shard, word.outTradeNo);
      if (!attempt) return null;
      const decision = await this.decide(transaction, shard, attempt, word);
      const bonus = await this.bonusOf(transaction, shard, attempt, decision);
      const settling = { ...attempt, bonus };
      const orderClosed = await this.apply(transaction, shard, settling, word, decision);
      await this.tell(transaction, shard, settling, word, decision, attempt.bonus - bonus);
      if (decision.action === 'PAY') await tellOfOrder(transaction, shard, attempt.orderId, 'recharge.paid');
      return { attempt, decision, orderClosed };
    });
    if (!settled) return null;
    const { attempt, decision, orderClosed } = settled;
    this.report(attempt, word, decision);
    const state = changedState(decision, attempt, orderClosed);
    if (state) await this.changes.changed(attempt.orderId, attempt.merchantId, state);
    return decision;
  }

  private async decide(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    { trade, channel, mismatches }: ChannelWord,
  ): Promise<SettlementDecision> {
    const facts = {
      accountId: attempt.accountId,
      attemptState: attempt.state,
      orderState: attempt.orderState,
      amount: attempt.amount,
      channelTradeNo: attempt.channelTradeNo,
      tradeBookedBy:
        trade.state === 'PAID'
          ? await this.repository.tradeBookedBy(transaction, shard, attempt, trade.channelTradeNo)
          : null,
    };
    return decideSettlement(facts, trade, channel.accountId, mismatches);
  }

  /** What is granted with the payment: nothing of an offer that the order gave up when it closed, and others took since. */
  private async bonusOf(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    decision: SettlementDecision,
  ): Promise<bigint> {
    const gaveUp = decision.action === 'PAY' && attempt.orderState === 'CLOSED' && attempt.bonus > 0n;
    if (!gaveUp) return attempt.bonus;
    const order = { id: attempt.orderId, merchantId: attempt.merchantId };
    return (await retakeOffer(transaction, shard, order)) ? attempt.bonus : 0n;
  }

  /** @returns true when the order was closed with its last open attempt. */
  private async apply(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    { trade, channel }: ChannelWord,
    decision: SettlementDecision,
  ): Promise<boolean> {
    if (decision.action === 'CLOSE') {
      const lastLookAt = new Date(Date.now() + this.config.lastLookAfterMs);
      await this.repository.markClosed(transaction, shard, attempt, lastLookAt);
      return this.attempts.closeOrderIfNothingIsOpen(transaction, shard, attempt.orderId);
    }
    if (trade.state !== 'PAID' || decision.action === 'NONE') return false;
    const isFree = decision.action !== 'CONFLICT' || decision.tradeIsFree;
    const paid: Payment = {
      trade,
      fee: channel.feeOf(trade.amount),
      channelTradeNo: isFree ? trade.channelTradeNo : null,
    };
    if (decision.action === 'PAY') await this.pay(transaction, shard, attempt, paid, decision.late);
    else if (decision.action === 'DUPLICATE') {
      await this.repository.markPaid(transaction, shard, attempt, 'DUPLICATED', paid, null);
      await this.announceUnowned(transaction, shard, attempt, paid);
      await this.duplicates.request(transaction, shard, attempt, trade);
    } else {
      await this.repository.markPaid(transaction, shard, attempt, 'CONFLICTED', paid, decision.reason);
      // The same money twice would be invented: a trade that paid another attempt is booked there.
      if (isFree) await this.announceUnowned(transaction, shard, attempt, paid);
      // The operator has the money now; the order waits for nothing else, unless another attempt is open.
      return this.attempts.closeOrderIfNothingIsOpen(transaction, shard, attempt.orderId);
    }
    return false;
  }

  private async pay(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    paid: Payment,
    late: boolean,
  ): Promise<void> {
    await this.repository.markSucceeded(transaction, shard, attempt, paid, late);
    const creditDueAt = new Date(Date.now() + CREDIT_WAIT_MS);
    if (!(await this.orders.moveOrder(transaction, shard, attempt.orderId, 'PAID', creditDueAt)))
      throw new Error(`Order ${attempt.orderId} could not become PAID from ${attempt.orderState}`);
    await shard.outbox.append(transaction, payment.orderPaid, attempt.orderId, {
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantId: attempt.merchantId,
      amount: paid.trade.amount,
      fee: paid.fee,
      bonus: attempt.bonus,
      channel: attempt.channel,
      channelTradeNo: paid.trade.channelTradeNo,
      paidAt: paid.trade.paidAt,
    });
  }

  private announceUnowned(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    { trade, fee }: Payment,
  ): Promise<void> {
    return shard.outbox.append(transaction, payment.moneyUnowned, attempt.id, {
      attemptId: attempt.id,
      orderId: attempt.orderId,
      amount: trade.amount,
      fee,
      channel: attempt.channel,
      channelTradeNo: trade.channelTradeNo,
    });
  }

  private tell(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    word: ChannelWord,
    decision: SettlementDecision,
    lostBonus: bigint,
  ): Promise<void> {
    const heard = noticeOf(attempt, word, decision);
    // A notify that changes nothing is a repetition, and may come as often as somebody likes.
    return decision.action === 'NONE' && heard
      ? this.stories.appendBounded(transaction, shard, heard)
      : this.stories.appendAll(transaction, shard, [
          ...(heard ? [heard] : []),
          ...consequencesOf(attempt, word, decision, lostBonus),
        ]);
  }

  private report(attempt: LockedAttempt, word: ChannelWord, decision: SettlementDecision): void {
    this.metrics.settlements.inc({ source: word.source, action: decision.action });
    const fields = { orderId: attempt.orderId, attemptId: attempt.id, source: word.source };
    if (decision.action === 'CONFLICT') {
      this.log.error({ ...fields, reason: decision.reason }, 'attempt is in conflict: an operator must look');
    } else if (decision.action === 'DUPLICATE') {
      this.log.warn(fields, 'order was paid a second time: the second payment is given back');
    } else if (decision.action === 'PAY') {
      this.log.info({ ...fields, late: decision.late }, 'order is paid');
    } else if (decision.action === 'CLOSE') {
      this.log.info(fields, 'attempt is closed');
    } else {
      this.log.debug({ ...fields, why: decision.why }, 'nothing to settle');
    }
  }
}

/** What readers of the order have to be told; conflicts and duplicates show in it, though its state stays. */
function changedState(
  decision: SettlementDecision,
  attempt: LockedAttempt,
  orderClosed: boolean,
): payment.OrderState | null {
  if (decision.action === 'PAY') return 'PAID';
  if (decision.action === 'NONE') return null;
  return orderClosed ? 'CLOSED' : attempt.orderState;
}

const aboutOf = (attempt: LockedAttempt) => ({
  orderId: attempt.orderId,
  attemptId: attempt.id,
  channel: attempt.channel,
});

function noticeOf(
  attempt: LockedAttempt,
  word: ChannelWord,
  decision: SettlementDecision,
): NewStoryEvent | null {
  const facts = { said: word.trade.state, did: decision.action };
  return word.source === 'notify' ? { ...aboutOf(attempt), kind: 'notify.accepted', facts } : null;
}

/** What the order's story tells of what followed from the channel's word. */
function consequencesOf(
  attempt: LockedAttempt,
  { trade, source }: ChannelWord,
  decision: SettlementDecision,
  lostBonus: bigint,
): NewStoryEvent[] {
  const about = aboutOf(attempt);
  if (decision.action === 'CLOSE') return [{ ...about, kind: 'attempt.closed' }];
  if (decision.action === 'NONE' || trade.state !== 'PAID') return [];
  const facts = factsOf(trade, source);
  if (decision.action === 'CONFLICT') {
    const reason = decision.reason.slice(0, 300);
    return [{ ...about, kind: 'attempt.conflicted', facts: { ...facts, reason } }];
  }
  if (decision.action === 'DUPLICATE') return [{ ...about, kind: 'attempt.duplicated', facts }];
  const lost: StoryFacts = lostBonus > 0n ? { lostBonus: formatYuan(lostBonus) } : {};
  return [
    { ...about, kind: 'attempt.succeeded', facts },
    { ...about, kind: 'order.paid', facts: { late: decision.late, ...lost } },
  ];
}

const factsOf = (trade: PaidTrade, source: SettlementSource) => ({
  amount: formatYuan(trade.amount),
  tradeNo: trade.channelTradeNo,
  paidAt: trade.paidAt.toISOString(),
  source,
});
