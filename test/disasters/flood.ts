import { setTimeout as delay } from 'node:timers/promises';
import {
  type Account,
  type ApiClient,
  type NotifyMode,
  type RechargeView,
  type TestStack,
  eventually,
} from '#libs/testing';

/** What an order of the flood is, and whose. */
export interface FloodOrder {
  readonly merchant: Account;
  readonly recharge: RechargeView;
}

export interface FloodOptions {
  readonly merchants: number;
  readonly concurrency: number;
  readonly notifies?: readonly NotifyMode[];
}

const AMOUNT = '50.00';
const AMOUNT_FEN = 5_000;
/** A caller that gets no answer tries again, as the documents of the API say: with the same key. */
const RETRY_AFTER_MS = 100;

/** Merchants who recharge one after the other for as long as they are let, and never give up. */
export class Flood {
  readonly paid: FloodOrder[] = [];
  private merchants: Account[] = [];
  private flowing = false;
  private workers: Promise<void>[] = [];
  private sequence = 0;

  constructor(
    private readonly stack: TestStack,
    private readonly api: ApiClient,
    private readonly options: FloodOptions,
  ) {}

  async gather(): Promise<void> {
    this.merchants = await Promise.all(
      Array.from({ length: this.options.merchants }, () => this.api.registerMerchant()),
    );
  }

  start(): void {
    this.flowing = true;
    this.workers = Array.from({ length: this.options.concurrency }, () => this.work(() => this.flowing));
  }

  /** Resolves when what was begun is paid. */
  async stop(): Promise<void> {
    this.flowing = false;
    await Promise.all(this.workers);
  }

  /** So many recharges of every merchant, all at once. */
  async pour(each: number): Promise<void> {
    let left = each * this.merchants.length;
    await Promise.all(Array.from({ length: this.options.concurrency }, () => this.work(() => left-- > 0)));
  }

  untilPaid(count: number): Promise<unknown> {
    return eventually(`${count} orders are paid`, () => this.paid.length >= count, { withinMs: 60_000 });
  }

  private async work(goOn: () => boolean): Promise<void> {
    while (goOn()) {
      const number = this.sequence++;
      const merchant = this.merchants[number % this.merchants.length];
      const notifies = this.options.notifies ?? ['normal'];
      if (!merchant) throw new Error('Nobody has gathered');
      const idempotencyKey = `flood-${number}-${merchant.id}`;
      const recharge = await persistently(() => merchant.recharge({ amount: AMOUNT, idempotencyKey }));
      await persistently(() =>
        this.stack.sandboxClient.pay(recharge, { notify: notifies[number % notifies.length] ?? 'normal' }),
      );
      this.paid.push({ merchant, recharge });
    }
  }

  /**
   * The end of every story: each order that was paid at the channel is credited, each merchant has exactly the sum of
   * their own, and the books balance.
   */
  async settle(withinMs = 60_000): Promise<void> {
    const until = performance.now() + withinMs;
    for (const { merchant, recharge } of this.paid) {
      await merchant.until(recharge.id, 'CREDITED', { withinMs: Math.max(1_000, until - performance.now()) });
    }
    for (const merchant of this.merchants) {
      const orders = this.paid.filter((order) => order.merchant === merchant).length;
      const fen = orders * AMOUNT_FEN;
      const expected = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
      const balance = await merchant.balance();
      if (balance !== expected)
        throw new Error(`${merchant.email} paid for ${orders} orders and has ${balance}, not ${expected}`);
    }
    await this.stack.run('apps/auditor/src/main.js');
  }
}

/** For as long as whoever answers is dead. */
async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  let reason: unknown;
  for (const until = performance.now() + 90_000; performance.now() < until; await delay(RETRY_AFTER_MS)) {
    try {
      return await attempt();
    } catch (error) {
      reason = error;
    }
  }
  throw new Error('No success within 90 s', { cause: reason });
}
