import { Injectable } from '@nestjs/common';
import { DomainError, payment, wallet } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { ChannelError, type ChannelRefund, type PaymentChannel } from '#libs/payments';
import { Log } from '#libs/service';
import { EventPublisher, RpcClient } from '#libs/transport';
import { ChannelCalls } from '../channels/channel-calls.js';
import { OrderCache } from '../orders/order-cache.js';
import { OrderChanges } from '../orders/order-changes.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentConfig } from '../payment.config.js';
import { StoryRepository } from '../story/story.repository.js';
import { tellOfRefund } from '../webhooks/webhook-notices.js';
import { type RefundDecision, decideRefund, decideRefundError } from './decide-refund.js';
import { type RefundRow } from './refund-row.js';
import { RefundRepository } from './refund.repository.js';

/** How long the wallet has to say that it has booked a refund's end, before it is told again. */
const SETTLEMENT_WAIT_MS = 5_000;

/**
 * Takes a refund one step further from wherever it stands: hold, send, ask, settle. Each step is stored before the next
 * one begins, and repeating any of them is harmless, so that it does not matter who takes it up after a crash, or where.
 */
@Injectable()
export class RefundProgress {
  constructor(
    private readonly shards: OrderShards,
    private readonly refunds: RefundRepository,
    private readonly calls: ChannelCalls,
    private readonly services: RpcClient,
    private readonly stories: StoryRepository,
    private readonly cache: OrderCache,
    private readonly changes: OrderChanges,
    private readonly events: EventPublisher,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /** @throws DomainError when the wallet could not be asked: it stays as it is, and is taken up again. */
  async advance(refund: RefundRow): Promise<void> {
    if (refund.state === 'REQUESTED') {
      const held = await this.hold(refund);
      if (held) await this.askChannel({ ...refund, state: 'PROCESSING' });
    } else if (refund.state === 'PROCESSING') {
      await this.askChannel(refund);
    } else {
      const shard = this.shards.ofId(refund.id);
      const count = await shard.outbox.resend(payment.refundSettled, refund.id);
      this.log.warn({ refundId: refund.id, count }, 'refund is not booked yet: announced again');
    }
  }

  /** The channel has told by itself. */
  async hear(refund: RefundRow, answer: ChannelRefund): Promise<void> {
    await this.apply(refund, decideRefund(BigInt(refund.amount), answer));
  }

  /** @returns false when the wallet has too little: the channel is never asked then. */
  private async hold(refund: RefundRow): Promise<boolean> {
    let holdTransferId: string | null = null;
    if (refund.kind === 'merchant') {
      try {
        const { transferId } = await this.services.call(wallet.holdRefund, {
          refundId: refund.id,
          orderId: refund.order_id,
          merchantId: refund.merchant_id,
          amount: BigInt(refund.amount),
          bonus: BigInt(refund.bonus_amount),
        });
        holdTransferId = transferId;
      } catch (error) {
        if (!DomainError.is(error, 'INSUFFICIENT_FUNDS') && !DomainError.is(error, 'ACCOUNT_FROZEN'))
          throw error;
        const message = 'The wallet has too little, or may not be debited';
        await this.fail(refund, 'INSUFFICIENT_WALLET_BALANCE', message);
        return false;
      }
    }
    return this.inTransaction(refund, async (transaction, shard) => {
      const dueInMs = this.config.refundRetryMs;
      if (
        !(await this.refunds.move(transaction, shard, refund.id, 'PROCESSING', { holdTransferId, dueInMs }))
      )
        return false;
      if (holdTransferId !== null)
        await this.tell(transaction, shard, refund, 'refund.held', { transferId: holdTransferId });
      return true;
    });
  }

  private async askChannel(refund: RefundRow): Promise<void> {
    const wasSent = refund.call_count > 0;
    await this.refunds.countCall(refund.id);
    const known = wasSent ? await this.query(refund) : ({ action: 'SEND' } as const);
    if (known.action !== 'SEND') return this.apply(refund, known);
    const sent = await this.send(refund);
    // A refusal of what was sent before may mean that it was done then: only a channel that knows nothing of it is believed.
    if (sent.action !== 'FAIL' || !wasSent) return this.apply(refund, sent);
    const again = await this.query(refund);
    await this.apply(refund, again.action === 'SEND' ? sent : again);
  }

  private query(refund: RefundRow): Promise<RefundDecision> {
    const numbers = { outTradeNo: refund.attempt_id, outRefundNo: refund.id };
    return this.ask(
      refund,
      'query_refund',
      (channel) => channel.queryRefund(numbers),
      () => ({ action: 'ASK_LATER' }),
    );
  }

  private send(refund: RefundRow): Promise<RefundDecision> {
    return this.ask(
      refund,
      'refund',
      (channel) =>
        channel.refund({
          outTradeNo: refund.attempt_id,
          outRefundNo: refund.id,
          amount: BigInt(refund.amount),
          totalAmount: refund.paid_amount === null ? BigInt(refund.amount) : BigInt(refund.paid_amount),
          reason: refund.reason,
          notifyUrl: this.config.notifyUrl(channel.name),
        }),
      decideRefundError,
    );
  }

  private async ask(
    refund: RefundRow,
    name: 'refund' | 'query_refund',
    work: (channel: PaymentChannel) => Promise<ChannelRefund>,
    onError: (error: ChannelError) => RefundDecision,
  ): Promise<RefundDecision> {
    const { order_id: orderId, attempt_id: attemptId, id: refundId } = refund;
    try {
      const answer = await this.calls.run(
        refund.account_id,
        { name, priority: 'refund', orderId, attemptId, refundId },
        work,
      );
      return decideRefund(BigInt(refund.amount), answer);
    } catch (error) {
      if (!ChannelError.is(error)) throw error;
      this.log.warn(
        { refundId, orderId, kind: error.kind, code: error.channelCode },
        `${name} gave no result`,
      );
      return onError(error);
    }
  }

  private async apply(refund: RefundRow, decision: RefundDecision): Promise<void> {
    switch (decision.action) {
      case 'SUCCEED':
        return this.succeed(refund, decision.channelRefundNo, decision.refundedAt);
      case 'FAIL':
        return this.fail(refund, decision.problem, decision.message);
      case 'WAIT':
        if (decision.problem !== null)
          this.log.error({ refundId: refund.id, problem: decision.problem }, 'refund waits for somebody');
        return this.refunds.noteProblem(refund.id, decision.problem, decision.message);
      case 'ASK_LATER':
      case 'SEND':
        // Known by nobody: the next round sends it.
        return;
    }
  }

  private async succeed(refund: RefundRow, channelRefundNo: string | null, succeededAt: Date): Promise<void> {
    const done = await this.inTransaction(refund, async (transaction, shard) => {
      const moved = await this.refunds.move(transaction, shard, refund.id, 'SUCCEEDED', {
        channelRefundNo,
        succeededAt,
        dueInMs: SETTLEMENT_WAIT_MS,
      });
      if (!moved) return false;
      if (refund.kind === 'merchant')
        await this.refunds.book(transaction, shard, refund.order_id, BigInt(refund.amount));
      await this.announce(transaction, shard, refund, 'SUCCEEDED', channelRefundNo);
      await this.tell(transaction, shard, refund, 'refund.succeeded', { channelRefundNo });
      await tellOfRefund(transaction, shard, refund.id, 'refund.succeeded');
      return true;
    });
    if (done) await this.changed(refund, 'SUCCEEDED');
  }

  private async fail(refund: RefundRow, problem: payment.RefundProblem, message: string): Promise<void> {
    // Only what the wallet holds must be let go; a buyer's second payment stays where it is, for an operator.
    const isHeld = refund.kind === 'merchant' && problem !== 'INSUFFICIENT_WALLET_BALANCE';
    const done = await this.inTransaction(refund, async (transaction, shard) => {
      const dueInMs = isHeld ? SETTLEMENT_WAIT_MS : null;
      // What another replica has got held meanwhile is the channel's to decide, whatever the wallet told us.
      const from = problem === 'INSUFFICIENT_WALLET_BALANCE' ? ('REQUESTED' as const) : undefined;
      const end = { problem, message, dueInMs, from } as const;
      if (!(await this.refunds.move(transaction, shard, refund.id, 'FAILED', end))) return false;
      if (refund.kind === 'merchant') {
        const [amount, bonus] = [BigInt(refund.amount), BigInt(refund.bonus_amount)];
        await this.refunds.reserve(transaction, shard, refund.order_id, -amount, -bonus);
      }
      if (isHeld) await this.announce(transaction, shard, refund, 'FAILED', null);
      await this.tell(transaction, shard, refund, 'refund.failed', {
        problem,
        message: message.slice(0, 300),
      });
      await tellOfRefund(transaction, shard, refund.id, 'refund.failed');
      return true;
    });
    if (!done) return;
    this.log.warn({ refundId: refund.id, orderId: refund.order_id, problem }, 'refund failed');
    await this.changed(refund, 'FAILED');
  }

  private inTransaction(
    refund: RefundRow,
    work: (transaction: Transaction, shard: OrderShard) => Promise<boolean>,
  ): Promise<boolean> {
    const shard = this.shards.ofId(refund.id);
    return shard.database.transaction((transaction) => work(transaction, shard));
  }

  private announce(
    transaction: Transaction,
    shard: OrderShard,
    refund: RefundRow,
    outcome: 'SUCCEEDED' | 'FAILED',
    channelRefundNo: string | null,
  ): Promise<void> {
    return shard.outbox.append(transaction, payment.refundSettled, refund.id, {
      refundId: refund.id,
      orderId: refund.order_id,
      attemptId: refund.attempt_id,
      merchantId: refund.merchant_id,
      kind: refund.kind,
      outcome,
      amount: BigInt(refund.amount),
      channel: refund.channel,
      channelRefundNo,
    });
  }

  private tell(
    transaction: Transaction,
    shard: OrderShard,
    refund: RefundRow,
    kind: payment.StoryKind,
    facts: Record<string, string | null>,
  ): Promise<void> {
    return this.stories.append(transaction, shard, {
      orderId: refund.order_id,
      kind,
      attemptId: refund.attempt_id,
      refundId: refund.id,
      channel: refund.channel,
      facts,
    });
  }

  /** Never fails: the change stands, whoever could be told of it. */
  private async changed(refund: RefundRow, state: payment.RefundState): Promise<void> {
    const { id: refundId, order_id: orderId, merchant_id: merchantId } = refund;
    const order = await this.refunds.findOrderState(orderId).catch(() => null);
    await Promise.allSettled([
      order === null ? this.cache.invalidate(orderId) : this.changes.changed(orderId, merchantId, order),
      this.events.publish(payment.refundChanged, { refundId, orderId, merchantId, state }),
    ]);
  }
}
