import { expect } from '@jest/globals';
import { type Account, type ApiAnswer, type ApiClient, eventually, type RechargeView } from '#libs/testing';
import { NotifyWriter } from '../support/hand-made-notify.js';
import type { WaysWorld } from '../ways/ways-world.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

export interface Conflict {
  readonly attemptId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly expectedAmount: string;
  readonly paidAmount: string | null;
  readonly channelTradeNo: string | null;
  readonly reason: string;
}

/** Two gateways to notify, and the keys to do it with, in a world that stands already. */
export class NotifyWorld {
  api!: ApiClient;
  writer!: NotifyWriter;
  /** Whose orders are never paid as they should be: nothing may ever be credited to them. */
  pauper!: Account;

  constructor(private readonly world: WaysWorld) {}

  get stack() {
    return this.world.stack;
  }

  get books() {
    return this.world.books;
  }

  get operator() {
    return this.world.operator;
  }

  async enter(): Promise<void> {
    // What channels are answered is no part of the OpenAPI document.
    this.api = this.stack.api();
    this.writer = NotifyWriter.of(this.stack);
    this.pauper = await this.api.registerMerchant();
  }

  /** An order over 50 yuan of a new merchant, unless told whose and how much. */
  async newOrder(
    merchant?: Account,
    amount = '50.00',
  ): Promise<{ merchant: Account; recharge: RechargeView }> {
    const owner = merchant ?? (await this.api.registerMerchant());
    return { merchant: owner, recharge: await owner.recharge({ amount }) };
  }

  async newOrderInAnotherTable(than: Account): Promise<{ merchant: Account; recharge: RechargeView }> {
    const tables = await this.books.shardsOf(than.id);
    return eventually(
      'somebody registers whose orders lie in another table',
      async () => {
        const order = await this.newOrder();
        return !tables.includes((await this.books.shardsOf(order.merchant.id))[0] ?? -1) && order;
      },
      { withinMs: 30_000 },
    );
  }

  post(
    body: URLSearchParams | string | Uint8Array,
    headers: Record<string, string> = FORM,
  ): Promise<ApiAnswer> {
    return this.api.send('POST', '/v1/notify/alipay', {
      body: body instanceof URLSearchParams ? body.toString() : body,
      headers,
    });
  }

  countOf(result: string): Promise<number> {
    return this.stack.counter('payment', 'clearbid_payment_notifies_total', { channel: 'alipay', result });
  }

  /** Holds a notify to a refusal: Alipay will come again, it was counted, and nothing has moved. */
  async expectRefused(
    { merchant, recharge }: { merchant: Account; recharge: RechargeView },
    send: () => Promise<ApiAnswer>,
    result: string,
  ): Promise<void> {
    const before = {
      rows: await this.books.rowCounts(),
      order: await this.books.orderOf(recharge.id),
      balance: await merchant.balance(),
      count: await this.countOf(result),
    };
    const { status, text } = await send();
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/success/i);
    expect(await this.countOf(result)).toBe(before.count + 1);
    expect(await this.books.rowCounts()).toEqual(before.rows);
    expect(await this.books.orderOf(recharge.id)).toEqual(before.order);
    expect(await merchant.balance()).toBe(before.balance);
  }

  async expectAccepted(body: URLSearchParams): Promise<void> {
    const { status, text, contentType } = await this.post(body);
    expect({ status, text }).toEqual({ status: 200, text: 'success' });
    expect(contentType).toMatch(/^text\/plain/);
  }

  async conflictOf(recharge: RechargeView): Promise<Conflict | undefined> {
    const { items } = await this.operator.call<{ items: Conflict[] }>(
      'GET',
      '/v1/admin/payment-conflicts?limit=100',
    );
    return items.find(({ orderId }) => orderId === recharge.id);
  }
}
