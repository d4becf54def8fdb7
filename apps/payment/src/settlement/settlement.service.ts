import { Injectable } from '@nestjs/common';
import { payment } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { type ChannelTrade, PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { OrderChanges } from '../orders/order-changes.js';
import { OrderRepository } from '../orders/order.repository.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { type SettlementDecision, decideSettlement } from './decide-settlement.js';
import { type LockedAttempt, SettlementRepository } from './settlement.repository.js';

/** How the channel's word reached us. */
export type SettlementSource = 'notify' | 'query' | 'close';

export interface ChannelWord {
  /** The attempt's id. */
  readonly outTradeNo: string;
  readonly trade: ChannelTrade;
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
    private readonly repository: SettlementRepository,
    private readonly channels: PaymentChannelFactory,
    private readonly changes: OrderChanges,
    private readonly metrics: PaymentMetrics,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /**
   * One transaction: both rows are locked, it is decided, both states move, and `order.paid` is in the outbox. Whatever
   * dies before the commit leaves everything as it was, and the channel tells again or is asked again.
   *
   * @returns what was decided; null when there is no such attempt.
   */
  async settle(word: ChannelWord): Promise<SettlementDecision | null> {
    const shard = this.shards.ofId(word.outTradeNo);
    const settled = await shard.database.transaction(async (transaction) => {
      const attempt = await this.repository.lockAttempt(transaction, shard, word.outTradeNo);
      if (!attempt) return null;
      const decision = decideSettlement(
        {
          attemptState: attempt.state,
          orderState: attempt.orderState,
          amount: attempt.amount,
          channelTradeNo: attempt.channelTradeNo,
        },
        word.trade,
        word.mismatches,
      );
      await this.apply(transaction, shard, attempt, word.trade, decision);
      return { attempt, decision };
    });
    if (!settled) return null;
    const { attempt, decision } = settled;
    this.report(attempt, word, decision);
    if (decision.action === 'PAY') await this.changes.changed(attempt.orderId, attempt.merchantId, 'PAID');
    if (decision.action === 'CLOSE')
      await this.changes.changed(attempt.orderId, attempt.merchantId, 'CLOSED');
    return decision;
  }

  private async apply(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    trade: ChannelTrade,
    decision: SettlementDecision,
  ): Promise<void> {
    if (decision.action === 'CLOSE') {
      await this.repository.markClosed(
        transaction,
        shard,
        attempt,
        new Date(Date.now() + this.config.lastLookAfterMs),
      );
      await this.moveOrder(transaction, shard, attempt, 'CLOSED', null);
    }
    if (trade.state !== 'PAID') return;
    if (decision.action === 'CONFLICT') {
      await this.repository.markConflicted(transaction, shard, attempt, trade, decision.reason);
    }
    if (decision.action === 'PAY') {
      await this.repository.markSucceeded(transaction, shard, attempt, trade);
      await this.moveOrder(transaction, shard, attempt, 'PAID', new Date(Date.now() + CREDIT_WAIT_MS));
      await shard.outbox.append(transaction, payment.orderPaid, attempt.orderId, {
        orderId: attempt.orderId,
        attemptId: attempt.id,
        merchantId: attempt.merchantId,
        amount: trade.amount,
        fee: this.channels.get(attempt.channel).feeOf(trade.amount),
        bonus: 0n,
        channel: attempt.channel,
        channelTradeNo: trade.channelTradeNo,
        paidAt: trade.paidAt,
      });
    }
  }

  private async moveOrder(
    transaction: Transaction,
    shard: OrderShard,
    attempt: LockedAttempt,
    to: payment.OrderState,
    creditDueAt: Date | null,
  ): Promise<void> {
    const moved = await this.orders.moveOrder(transaction, shard, attempt.orderId, to, creditDueAt);
    if (!moved) throw new Error(`Order ${attempt.orderId} could not become ${to} from ${attempt.orderState}`);
  }

  private report(attempt: LockedAttempt, word: ChannelWord, decision: SettlementDecision): void {
    this.metrics.settlements.inc({ source: word.source, action: decision.action });
    const fields = { orderId: attempt.orderId, attemptId: attempt.id, source: word.source };
    if (decision.action === 'CONFLICT') {
      this.log.error({ ...fields, reason: decision.reason }, 'attempt is in conflict: an operator must look');
    } else if (decision.action === 'PAY') {
      this.log.info({ ...fields, late: decision.late }, 'order is paid');
    } else if (decision.action === 'CLOSE') {
      this.log.info(fields, 'order is closed');
    } else {
      this.log.debug({ ...fields, why: decision.why }, 'nothing to settle');
    }
  }
}
