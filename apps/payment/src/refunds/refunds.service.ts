import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type payment } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { within } from '#libs/jobs';
import { formatYuan } from '#libs/money';
import { OrderIds } from '#libs/orders';
import { Log } from '#libs/service';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { OrderCache } from '../orders/order-cache.js';
import { PaymentConfig } from '../payment.config.js';
import { StoryRepository } from '../story/story.repository.js';
import { type NewRefund, insertRefund, merchantKey, refundHash, requestedEvent } from './new-refund.js';
import { RefundProgress } from './refund-progress.js';
import { refundOf } from './refund-row.js';
import { type RefundableOrder, RefundRepository } from './refund.repository.js';

type CreateRequest = RequestOf<typeof payment.createRefund>;

/** When the sweep takes a refund up whose maker has died over it. */
const TAKEN_UP_AFTER_MS = 10_000;

/** Refunds that merchants ask for. */
@Injectable()
export class RefundsService {
  constructor(
    private readonly shards: OrderShards,
    private readonly archive: ArchiveRepository,
    private readonly refunds: RefundRepository,
    private readonly progress: RefundProgress,
    private readonly stories: StoryRepository,
    private readonly cache: OrderCache,
    private readonly ids: OrderIds,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /**
   * Under the order's lock the amount is promised to the refund, so that however many are asked for at once, they never
   * exceed what was paid. Only then the wallet is asked to hold it, and only then the channel to pay it.
   */
  async create(request: CreateRequest): Promise<payment.Refund> {
    const shard = this.shards.ofId(request.rechargeId);
    // An old order comes back from the archive for it; of one that is no order at all, nothing is found there either.
    await this.archive.restore(request.rechargeId);
    const refundId = await shard.database.transaction((transaction) =>
      this.promise(transaction, shard, request),
    );
    await this.cache.invalidate(request.rechargeId);
    const after = await this.progressInTime(refundId);
    if (after.problem === 'INSUFFICIENT_WALLET_BALANCE') {
      throw new DomainError(
        'INSUFFICIENT_FUNDS',
        `The wallet has less than the ${formatYuan(request.amount)} yuan of refund ${refundId}, with the bonus that goes back: nothing was refunded`,
        { errors: [{ field: 'amount', message: 'is more than the wallet has' }], refundId },
      );
    }
    return after;
  }

  /** The work goes on after the answer: by itself, and by the sweep if we die. */
  private async progressInTime(refundId: string): Promise<payment.Refund> {
    const row = await this.refunds.findById(refundId);
    if (!row) throw new Error(`Refund ${refundId} has vanished`);
    // Further on it is the sweep's: whoever repeats the request must not make us ask the channel more often.
    if (row.state !== 'REQUESTED') return refundOf(row);
    const advancing = this.progress
      .advance(row)
      .catch((error: unknown) => this.log.warn({ err: error, refundId }, 'refund is taken up again later'));
    await within(advancing, this.config.answerWithinMs);
    return refundOf((await this.refunds.findById(refundId)) ?? row);
  }

  /** @returns the refund's id: a new one, or the one that the key has made before. */
  private async promise(
    transaction: Transaction,
    shard: OrderShard,
    { merchantId, rechargeId, amount, reason, idempotencyKey }: CreateRequest,
  ): Promise<string> {
    const order = await this.refunds.lockOrder(transaction, shard, rechargeId);
    if (order?.merchantId !== merchantId)
      throw new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${rechargeId}`);
    const before =
      idempotencyKey === undefined
        ? null
        : await this.refunds.findByKey(transaction, shard, rechargeId, merchantKey(idempotencyKey));
    if (before) {
      if (before.request_hash.equals(refundHash(amount, reason))) return before.id;
      throw new DomainError(
        'IDEMPOTENCY_KEY_REUSED',
        `Idempotency-Key ${idempotencyKey} made refund ${before.id} from another request`,
      );
    }
    checkRefund(rechargeId, order, amount);
    const refund: NewRefund = {
      id: this.ids.refundId(rechargeId),
      orderId: rechargeId,
      attemptId: order.attemptId,
      merchantId,
      kind: 'merchant',
      channel: order.channel,
      accountId: order.accountId,
      amount,
      bonusAmount: clawBackOf(order, amount),
      reason,
      requestedBy: merchantId,
      idempotencyKey: idempotencyKey === undefined ? null : merchantKey(idempotencyKey),
      dueInMs: TAKEN_UP_AFTER_MS,
    };
    await insertRefund(transaction, shard, refund);
    await this.refunds.reserve(transaction, shard, rechargeId, amount, refund.bonusAmount);
    await this.stories.append(transaction, shard, requestedEvent(refund));
    return refund.id;
  }
}

/** @throws DomainError that says what is still possible. */
function checkRefund(rechargeId: string, order: RefundableOrder, amount: bigint): void {
  if (order.state !== 'CREDITED') {
    throw new DomainError(
      'RECHARGE_NOT_REFUNDABLE',
      `Recharge ${rechargeId} is ${order.state}: only a credited one can be refunded`,
    );
  }
  if (amount <= 0n || amount % 10_000n !== 0n) {
    throw new DomainError('AMOUNT_OUT_OF_RANGE', 'amount must be whole fen, more than zero', {
      errors: [{ field: 'amount', message: 'must be whole fen, more than zero' }],
    });
  }
  const left = order.amount - order.refunded - order.refunding;
  if (amount > left) {
    throw new DomainError(
      'REFUND_EXCEEDS_RECHARGE',
      `Of recharge ${rechargeId} ${formatYuan(left)} yuan can still be refunded`,
      { errors: [{ field: 'amount', message: `must be at most ${formatYuan(left)} yuan` }] },
    );
  }
}

/**
 * How much of the recharge's bonus goes back with this refund: the share that belongs to everything refunded so far and
 * now, in whole fen, less what was taken back before. So that the parts always sum to the whole.
 */
export function clawBackOf(
  order: Pick<RefundableOrder, 'amount' | 'refunded' | 'refunding' | 'bonus' | 'clawedBack'>,
  amount: bigint,
): bigint {
  const given = order.refunded + order.refunding + amount;
  const due =
    given === order.amount ? order.bonus : ((order.bonus * given) / order.amount / 10_000n) * 10_000n;
  return due > order.clawedBack ? due - order.clawedBack : 0n;
}
