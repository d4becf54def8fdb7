import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import { OrderIds } from '#libs/orders';
import { ChannelError, type PayCredential, type PaymentChannel, PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { OrderChanges } from '../orders/order-changes.js';
import { type OrderRow, rechargeOf } from '../orders/order-row.js';
import { type NewOrder, OrderRepository } from '../orders/order.repository.js';
import { PaymentConfig } from '../payment.config.js';
import { nextQueryAt } from '../query/query-ladder.js';
import { checkNewRecharge, requestHash } from './new-recharge.js';

type CreateRequest = RequestOf<typeof payment.createRecharge>;

/** Makes orders and gives the buyer a way to pay. */
@Injectable()
export class RechargesService {
  constructor(
    private readonly orders: OrderRepository,
    private readonly channels: PaymentChannelFactory,
    private readonly changes: OrderChanges,
    private readonly ids: OrderIds,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /**
   * A method that only signs is asked before anything is stored, so order, attempt and pay URL are one commit. One that
   * calls the channel is stored as CREATED first: whatever happens to the call, there is a row that knows about it, and
   * the query ladder finds out what became of it.
   */
  async create(request: CreateRequest): Promise<payment.Recharge> {
    const channel = this.channels.get(request.channel);
    checkNewRecharge(request, channel, this.config);
    const order = this.newOrder(request);
    if (channel.capabilities.methods[request.method]?.callsChannel)
      return this.createByCall(request, channel, order);
    const credential = await this.prepay(channel, order);
    const ready: NewOrder = {
      ...order,
      state: 'PAYING',
      attempt: { ...order.attempt, state: 'PENDING', ...credential },
    };
    if (!(await this.orders.insert(ready))) return this.replay(request, channel);
    this.log.info({ orderId: order.id, attemptId: order.attempt.id }, 'order is open');
    return this.created(ready);
  }

  private async createByCall(
    request: CreateRequest,
    channel: PaymentChannel,
    order: NewOrder,
  ): Promise<payment.Recharge> {
    if (!(await this.orders.insert(order))) return this.replay(request, channel);
    return this.openAttempt(channel, order);
  }

  /** The same key again: the order that it made, and if that never got a way to pay, one more try to get it. */
  private async replay(request: CreateRequest, channel: PaymentChannel): Promise<payment.Recharge> {
    const key = request.idempotencyKey ?? '';
    const row = await this.orders.findByKey(request.merchantId, key);
    if (!row)
      throw new Error(
        `An order of merchant ${request.merchantId} refused key ${key} and can't be found by it`,
      );
    if (!row.request_hash.equals(requestHash(request))) {
      throw new DomainError(
        'IDEMPOTENCY_KEY_REUSED',
        `Idempotency-Key ${key} made recharge ${row.id} from another request`,
      );
    }
    return row.state === 'CREATED' ? this.openAttempt(channel, orderOf(row)) : rechargeOf(row);
  }

  private async openAttempt(channel: PaymentChannel, order: PrepayableOrder): Promise<payment.Recharge> {
    try {
      const credential = await this.prepay(channel, order);
      await this.orders.markPaying(order.id, order.attempt.id, credential);
      this.log.info({ orderId: order.id, attemptId: order.attempt.id }, 'order is open');
      await this.changes.changed(order.id, order.merchantId, 'PAYING');
    } catch (error) {
      if (!ChannelError.is(error)) throw error;
      this.log.warn(
        { orderId: order.id, kind: error.kind, code: error.channelCode },
        'the channel opened no payment',
      );
      if (error.kind === 'REFUSED') {
        await this.orders.markFailed(order.id, order.attempt.id);
        throw new DomainError(
          'CHANNEL_UNAVAILABLE',
          `${channel.name} refused recharge ${order.id} (${error.channelCode})`,
        );
      }
      throw new DomainError(
        'CHANNEL_UNAVAILABLE',
        `${channel.name} has not answered for recharge ${order.id}: repeat the request with the same Idempotency-Key`,
      );
    }
    const row = await this.orders.findById(order.id);
    if (!row) throw new Error(`Order ${order.id} has vanished`);
    return rechargeOf(row);
  }

  private prepay(channel: PaymentChannel, order: PrepayableOrder): Promise<PayCredential> {
    return channel.prepay({
      outTradeNo: order.attempt.id,
      method: order.attempt.method,
      amount: order.amount,
      subject: order.subject,
      expiresAt: order.expiresAt,
      notifyUrl: this.config.notifyUrl(channel.name),
      returnUrl: this.config.returnUrl(order.id),
    });
  }

  private newOrder(request: CreateRequest): NewOrder {
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + this.config.expiryMs);
    const id = this.ids.orderId(request.merchantId);
    return {
      id,
      merchantId: request.merchantId,
      state: 'CREATED',
      idempotencyKey: request.idempotencyKey ?? null,
      requestHash: requestHash(request),
      amount: request.amount,
      subject: `Clearbid recharge ${formatYuan(request.amount)} CNY`,
      createdAt,
      expiresAt,
      attempt: {
        id: this.ids.attemptId(id),
        state: 'CREATED',
        channel: request.channel,
        method: request.method,
        payUrl: null,
        codeUrl: null,
        nextQueryAt: nextQueryAt(this.config.ladder, { createdAt, expiresAt, queryCount: 0 }, createdAt),
      },
    };
  }

  private created(order: NewOrder): payment.Recharge {
    const { attempt } = order;
    return {
      id: order.id,
      merchantId: order.merchantId,
      state: order.state,
      amount: order.amount,
      refundedAmount: 0n,
      refundingAmount: 0n,
      channel: attempt.channel,
      method: attempt.method,
      outTradeNo: attempt.id,
      channelTradeNo: null,
      payUrl: attempt.payUrl,
      codeUrl: attempt.codeUrl,
      jsapiParameters: null,
      paidLate: false,
      inConflict: false,
      offer: null,
      createdAt: order.createdAt,
      expiresAt: order.expiresAt,
      paidAt: null,
      creditedAt: null,
      closedAt: null,
    };
  }
}

/** What a channel needs to know of an order, new or read again. */
interface PrepayableOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly amount: bigint;
  readonly subject: string;
  readonly expiresAt: Date;
  readonly attempt: { readonly id: string; readonly method: payment.PayMethod };
}

function orderOf(row: OrderRow): PrepayableOrder {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    amount: BigInt(row.amount),
    subject: row.subject,
    expiresAt: row.expires_at,
    attempt: { id: row.attempt_id, method: row.method },
  };
}
