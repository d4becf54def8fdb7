import { type Account, ApiRefusal, eventually, type RechargeView, type SandboxClient } from '#libs/testing';
import type { PaymentPlan, Way } from './chaos-plan.js';
import { type Errands, patiently } from './patience.js';

/** An order as its maker knows it. */
export interface PlayedOrder {
  readonly plan: PaymentPlan;
  readonly merchant: Account;
  readonly id: string;
}

/** What a buyer has in hand: a page to open, a code to scan. */
interface PayableWay {
  readonly outTradeNo: string;
  readonly payUrl: string | null;
}

/** The sandbox's words for a payment that can't be made: closed, expired, or paid already. */
const NOT_PAYABLE = /TRADE_CLOSED|TRADE_ALREADY_PAID|TRADE_NOT_FOUND|PAY_URL_REFUSED/;
/** Whoever waits for a code longer than that goes away. */
const PATIENCE_MS = 9_000;
const CLOSE_TRIES = 5;

/** Plays what merchants and their buyers do. They know what the API tells them, and nothing else. */
export class Buyers {
  readonly orders: PlayedOrder[] = [];

  constructor(
    private readonly merchants: readonly Account[],
    private readonly sandbox: SandboxClient,
    private readonly errands: Errands,
    private readonly seed: number,
    private readonly offerId: string,
  ) {}

  /** @returns the order, or undefined when the door has refused to make one. */
  async play(plan: PaymentPlan): Promise<PlayedOrder | undefined> {
    const merchant = this.merchants[plan.merchant];
    if (!merchant) throw new Error(`There is no merchant ${plan.merchant}`);
    const made = await this.order(merchant, plan);
    if (made === undefined) return undefined;
    const order = { plan, merchant, id: made.id };
    this.orders.push(order);
    const first = await this.payable(order, made);
    if (first !== undefined) await this.act(order, first);
    return order;
  }

  private async act(order: PlayedOrder, first: PayableWay): Promise<void> {
    const { plan } = order;
    switch (plan.conduct) {
      case 'pays':
        return this.pay(plan, first);
      case 'paysTwice': {
        const second = await this.openSecond(order);
        await Promise.all([this.pay(plan, first), second && this.pay(plan, second)]);
        return;
      }
      case 'changesTheWay': {
        const second = await this.openSecond(order);
        return this.pay(plan, second ?? first);
      }
      case 'walksAway':
        return;
      case 'closes':
        return this.close(order);
      case 'closesWhilePaying':
        await Promise.all([this.close(order), this.pay(plan, first)]);
        return;
      case 'paysAfterClosing':
        await this.look(first);
        await this.close(order);
        return this.payClosed(plan, first);
      case 'paysAfterExpiry':
        await this.look(first);
        return this.errands.add(async () => {
          const { state } = await patiently('read', () => order.merchant.get(order.id));
          if (state !== 'CLOSED') return state === 'CREATED' || state === 'PAYING' ? 'not yet' : 'done';
          await this.payClosed(plan, first);
          return 'done';
        });
      case 'paysAnotherAmount':
        return this.pay(plan, first, (plan.amountFen + 1) / 100);
    }
  }

  private async order(merchant: Account, plan: PaymentPlan): Promise<RechargeView | undefined> {
    const [way] = plan.ways;
    const headers = { 'idempotency-key': `chaos-${this.seed}-${plan.number}` };
    const offer = plan.takesOffer ? { offerId: this.offerId } : {};
    const body = { amount: yuan(plan.amountFen / 100), ...wishOf(way, plan), ...offer };
    return unlessRefused(() =>
      patiently(`order ${plan.number}`, () =>
        merchant.call<RechargeView>('POST', '/v1/recharges', { body, headers }),
      ),
    );
  }

  private async openSecond(order: PlayedOrder): Promise<PayableWay | undefined> {
    const body = wishOf(order.plan.ways[1], order.plan);
    const opened = await unlessRefused(() =>
      patiently(
        `second way of ${order.id}`,
        () => order.merchant.call<RechargeView>('POST', `/v1/recharges/${order.id}/attempts`, { body }),
        PATIENCE_MS,
      ).catch((error: unknown) => {
        if (error instanceof ApiRefusal) throw error;
        // The channel refuses or is silent for longer than anybody waits.
        return undefined;
      }),
    );
    return opened && this.payable(order, opened);
  }

  /** Waits for the URL or code as the buyer would, who goes away after a while. */
  private async payable(order: PlayedOrder, seen: RechargeView): Promise<PayableWay | undefined> {
    if (isPayable(seen)) return wayOf(seen);
    return eventually(
      `${order.id} can be paid`,
      async () => {
        const now = await order.merchant.get(order.id);
        if (isPayable(now)) return { way: wayOf(now) };
        return now.state !== 'CREATED' && now.state !== 'PAYING' && { way: undefined };
      },
      { withinMs: PATIENCE_MS, everyMs: 250 },
    ).then(
      ({ way }) => way,
      () => undefined,
    );
  }

  /** A page that was opened, a code that was scanned: from then on the channel has the trade. */
  private async look({ outTradeNo, payUrl }: PayableWay): Promise<void> {
    if (payUrl?.includes('gateway.do')) await this.sandbox.open(payUrl).catch(ignoreNotPayable);
    else await this.sandbox.trade(outTradeNo).catch(ignoreNotPayable);
  }

  private async pay(plan: PaymentPlan, way: PayableWay, amount?: number): Promise<void> {
    const finished = plan.finished && way.payUrl?.includes('gateway.do') === true;
    await this.sandbox
      .pay(way, { finished, ...(amount === undefined ? {} : { amount: yuan(amount) }) })
      .catch(ignoreNotPayable);
  }

  private async payClosed(plan: PaymentPlan, way: PayableWay): Promise<void> {
    await this.sandbox.order(way.outTradeNo, { paidAfterClose: 1 });
    await this.pay(plan, way);
  }

  private async close({ merchant, id }: PlayedOrder): Promise<void> {
    for (let time = 0; time < CLOSE_TRIES; time += 1) {
      try {
        await merchant.close(id);
        return;
      } catch (error) {
        // Paid already, or the channel does not know it yet: it closes by itself.
        if (error instanceof ApiRefusal && error.status < 500) return;
      }
    }
  }
}

const yuan = (amount: number): string => amount.toFixed(2);

const wishOf = ({ channel, method }: Way, { merchant }: PaymentPlan) => ({
  channel,
  method,
  ...(method === 'jsapi' ? { payerOpenId: `openid-of-buyer-${merchant}` } : {}),
});

const isPayable = ({ payUrl, codeUrl, jsapiParameters }: RechargeView): boolean =>
  payUrl !== null || codeUrl !== null || jsapiParameters !== null;

/** Only Alipay's pages begin when they are opened; WeChat's trades are there before anybody looks. */
const wayOf = ({ outTradeNo, payUrl, channel }: RechargeView): PayableWay => ({
  outTradeNo,
  payUrl: channel === 'alipay' ? payUrl : null,
});

async function unlessRefused<T>(attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ApiRefusal && error.status < 500) return undefined;
    throw error;
  }
}

function ignoreNotPayable(error: unknown): void {
  if (!(error instanceof Error) || !NOT_PAYABLE.test(error.message)) throw error;
}
