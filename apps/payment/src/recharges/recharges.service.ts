import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type payment } from '#libs/contracts';
import { within } from '#libs/jobs';
import { formatYuan } from '#libs/money';
import { OrderIds } from '#libs/orders';
import { type ChannelAccount, PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { AttemptOpener } from '../attempts/attempt-opener.js';
import { AttemptRepository, type OpenableAttempt } from '../attempts/attempt.repository.js';
import { type NewAttempt, NO_CREDENTIAL, type Payer } from '../attempts/new-attempt.js';

import { ChannelSwitches } from '../channels/channel-switches.js';
import { type OfferChoice, OffersService } from '../offers/offers.service.js';
import { type OrderRow, rechargeOf } from '../orders/order-row.js';
import { type NewOrder, OrderRepository } from '../orders/order.repository.js';
import { PaymentConfig } from '../payment.config.js';
import { nextQueryAt } from '../query/query-ladder.js';
import { checkMethod, checkNewRecharge, requestHash } from './new-recharge.js';

type CreateRequest = RequestOf<typeof payment.createRecharge>;
type OpenRequest = RequestOf<typeof payment.openAttempt>;

const LOOK_AGAIN_MS = 50;

/** Makes orders and attempts, and gives the buyer a way to pay. */
@Injectable()
export class RechargesService {
  constructor(
    private readonly orders: OrderRepository,
    private readonly attempts: AttemptRepository,
    private readonly opener: AttemptOpener,
    private readonly channels: PaymentChannelFactory,
    private readonly switches: ChannelSwitches,
    private readonly offers: OffersService,
    private readonly ids: OrderIds,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /**
   * A method that only signs is asked before anything is stored, so order, attempt and pay URL are one commit. One that
   * calls the channel is stored as CREATED first: whatever happens to the call, there is a row that knows about it, and
   * the query ladder asks again. The buyer hears of it in time either way.
   */
  async create(request: CreateRequest): Promise<payment.Recharge> {
    const account = this.switches.choose(request.channel);
    checkNewRecharge(request, account.channel, this.config);
    try {
      return await this.createWith(request, account);
    } catch (error) {
      // Its own first request may be what took the offer.
      const key = DomainError.is(error, 'OFFER_NOT_AVAILABLE') ? request.idempotencyKey : undefined;
      if (key === undefined || !(await this.orders.findByKey(request.merchantId, key))) throw error;
      return this.replay(request);
    }
  }

  private async createWith(request: CreateRequest, account: ChannelAccount): Promise<payment.Recharge> {
    const order = this.newOrder(request, account, await this.choiceOf(request));
    if (!callsChannel(account, request.method)) {
      const credential = await this.opener.sign(account.channel, openable(order));
      const ready: NewOrder = {
        ...order,
        state: 'PAYING',
        attempt: { ...order.attempt, state: 'PENDING', credential },
      };
      if (!(await this.orders.insert(ready))) return this.replay(request);
      this.log.info({ orderId: order.id, attemptId: order.attempt.id }, 'order is open');
      return this.asCreated(ready);
    }
    return (await this.orders.insert(order)) ? this.openInTime(openable(order)) : this.replay(request);
  }

  private async choiceOf({ merchantId, amount, offerId }: CreateRequest): Promise<OfferChoice | null> {
    return offerId === undefined ? null : this.offers.choose(merchantId, amount, offerId);
  }

  /** Another way to pay the same order. What the buyer has open by that way already is given again. */
  async openAttempt(request: OpenRequest): Promise<payment.Recharge> {
    const order = await this.find(request.id);
    if (order.merchant_id !== request.merchantId) throw notFound(request.id);
    if (!isOpen(order)) throw notPayable(order.id, order.state);
    const standing = await this.attempts.findOpen(order.id, request.channel, request.method);
    if (standing) {
      await this.attempts.select(order.id, standing.id);
      const again = standing.state === 'CREATED' ? await this.attempts.findOpenable(standing.id) : null;
      return again ? this.openInTime(again) : rechargeOf(await this.find(order.id));
    }
    const account = this.switches.choose(request.channel);
    checkMethod(request, account.channel);
    const attempt = this.newAttempt(order.id, order.merchant_id, BigInt(order.amount), account, request, {
      createdAt: new Date(),
      expiresAt: order.expires_at,
    });
    const wish = { ...attempt, subject: order.subject };
    if (callsChannel(account, request.method)) {
      if (!(await this.attempts.add(attempt))) throw notPayable(order.id, 'no longer open');
      return this.openInTime(wish);
    }
    const credential = await this.opener.sign(account.channel, wish);
    if (!(await this.attempts.add({ ...attempt, state: 'PENDING', credential })))
      throw notPayable(order.id, 'no longer open');
    return rechargeOf(await this.find(order.id));
  }

  /** The same key again: the order that it made, and if that never got a way to pay, one more try to get it. */
  private async replay(request: CreateRequest): Promise<payment.Recharge> {
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
    const waiting = row.state === 'CREATED' ? await this.attempts.findOpenable(row.attempt_id) : null;
    // Read again: whoever made it may have got its way to pay since.
    return waiting ? this.openInTime(waiting) : rechargeOf(await this.find(row.id));
  }

  /**
   * Asks the channel, and answers in time whatever it does: the order as it stands by then. The asking goes on, and the
   * page hears of it by `order.changed`.
   */
  private async openInTime(attempt: OpenableAttempt): Promise<payment.Recharge> {
    const opening = this.opener.open(attempt, 'buyer').catch((error: unknown) => {
      this.log.error({ err: error, attemptId: attempt.id }, 'a way to pay could not be stored: asked again');
      return undefined;
    });
    const deadline = performance.now() + this.config.answerWithinMs;
    const opened = await within(opening, this.config.answerWithinMs);
    if (opened?.outcome === 'REFUSED') {
      throw new DomainError(
        'CHANNEL_UNAVAILABLE',
        `${this.channels.account(attempt.accountId).channel.name} refused recharge ${attempt.orderId} (${opened.channelCode})`,
      );
    }
    return opened?.outcome === 'ASKED_ALREADY'
      ? this.asOthersOpenIt(attempt, deadline)
      : rechargeOf(await this.find(attempt.orderId));
  }

  /** The same request twenty times at once is one call to the channel, and everybody gets its answer. */
  private async asOthersOpenIt(attempt: OpenableAttempt, deadline: number): Promise<payment.Recharge> {
    for (;;) {
      const order = await this.find(attempt.orderId);
      if (order.attempt_state !== 'CREATED' || performance.now() >= deadline) return rechargeOf(order);
      await delay(LOOK_AGAIN_MS);
    }
  }

  private async find(orderId: string): Promise<OrderRow> {
    const row = await this.orders.findById(orderId);
    if (!row) throw notFound(orderId);
    return row;
  }

  private newOrder(request: CreateRequest, account: ChannelAccount, choice: OfferChoice | null): NewOrder {
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + this.config.expiryMs);
    const { merchantId, amount } = request;
    const id = this.ids.orderId(merchantId);
    return {
      id,
      merchantId,
      state: 'CREATED',
      idempotencyKey: request.idempotencyKey ?? null,
      requestHash: requestHash(request),
      amount,
      subject: `Clearbid recharge ${formatYuan(amount)} CNY`,
      createdAt,
      expiresAt,
      offer: choice?.offer ?? null,
      offerUses: choice?.uses ?? [],
      attempt: this.newAttempt(id, merchantId, amount, account, request, { createdAt, expiresAt }),
    };
  }

  private newAttempt(
    orderId: string,
    merchantId: string,
    amount: bigint,
    account: ChannelAccount,
    wish: Payer & { readonly method: payment.PayMethod },
    times: { readonly createdAt: Date; readonly expiresAt: Date },
  ): NewAttempt {
    return {
      id: this.ids.attemptId(orderId),
      orderId,
      merchantId,
      state: 'CREATED',
      channel: account.channel.name,
      accountId: account.id,
      method: wish.method,
      amount,
      payer: { payerOpenId: wish.payerOpenId, payerAddress: wish.payerAddress },
      credential: NO_CREDENTIAL,
      nextQueryAt: nextQueryAt(this.config.ladder, { ...times, queryCount: 0 }, times.createdAt),
      ...times,
    };
  }

  /** What reading the order would give: it was written a moment ago, so nobody has to. */
  private asCreated({ attempt, ...order }: NewOrder): payment.Recharge {
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
      payUrl: attempt.credential.payUrl,
      codeUrl: attempt.credential.codeUrl,
      jsapiParameters: null,
      paidLate: false,
      inConflict: false,
      offer: order.offer,
      createdAt: order.createdAt,
      expiresAt: order.expiresAt,
      paidAt: null,
      creditedAt: null,
      closedAt: null,
    };
  }
}

const callsChannel = ({ channel }: ChannelAccount, method: payment.PayMethod): boolean =>
  channel.capabilities.methods[method]?.callsChannel ?? false;

const isOpen = (order: OrderRow): boolean =>
  (order.state === 'CREATED' || order.state === 'PAYING') && order.expires_at.getTime() > Date.now();

const openable = (order: NewOrder): OpenableAttempt => ({ ...order.attempt, subject: order.subject });

const notFound = (id: string) => new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${id}`);

const notPayable = (id: string, state: string) =>
  new DomainError('RECHARGE_NOT_PAYABLE', `Recharge ${id} is ${state}: make a new one to pay`);
