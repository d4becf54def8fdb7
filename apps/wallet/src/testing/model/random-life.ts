import { Dice } from './dice.js';
import type { ModelLeg, Wish } from './model-book.js';
import { endBonus, grantBonus, putRight, settle } from './operator-wishes.js';
import { comeBack, endWithdrawal, holdBudget, mature, release, spend, withdraw } from './traffic-wishes.js';
import {
  type FindHeld,
  correctFee,
  giveUp,
  givenBack,
  holdRefund,
  recharge,
  settleRefund,
  unowned,
} from './wallet-wishes.js';

export interface LifeOptions {
  readonly seed: number;
  /** Which sequence it is. */
  readonly number: number;
  /** Of owners, orders and everything else; each is given out once. */
  readonly nextNumber: () => string;
  /** With amounts at the edges of what a BIGINT holds. */
  readonly rich: boolean;
  readonly findHeld: FindHeld;
}

/** What is asked at the same moment: wishes and how many ask each, and an account that is stopped or let go meanwhile. */
export interface Burst {
  readonly asked: readonly { readonly wish: Wish; readonly callers: number }[];
  readonly freeze: { readonly code: string; readonly frozen: boolean } | null;
}

const CHANNELS = ['alipay', 'wechat'] as const;
const METHODS = ['alipay', 'wechat', 'bank'] as const;
const ADJUSTABLE = ['merchant_cash', 'merchant_bonus', 'traffic_pending', 'traffic_available'] as const;
const DAYS = ['2026-11-20', '2026-11-21'] as const;
const YUAN = 1_000_000n;
const MOST = 9_223_372_036_854_775_807n;
const EDGES = [1n, 2n, YUAN, 2n ** 61n, 2n ** 62n - 1n, 2n ** 62n, 2n ** 62n + 1n, MOST - 1n, MOST];
const MAX_AT_ONCE = 5;
/** How many ask the same at once. */
const CALLERS = [1, 1, 1, 1, 2, 2, 3];

/** Something that was set aside, and how the ledger has split it. */
interface Held {
  readonly id: string;
  readonly amount: bigint;
  legs: readonly ModelLeg[];
}

/** The random life of one merchant and one traffic owner, whom nobody else knows: one sequence. */
export class RandomLife {
  private readonly dice: Dice;
  private readonly merchantId: string;
  private readonly ownerId: string;
  private readonly campaigns: readonly string[];
  private readonly accounts: readonly string[];
  private readonly past: Wish[] = [];
  private readonly trades: string[] = [];
  private readonly held = new Map<string, Held>();
  /** What was set aside, and can be settled. */
  private readonly refunds: Held[] = [];
  private readonly withdrawals: Omit<Held, 'legs'>[] = [];

  constructor(private readonly options: LifeOptions) {
    this.dice = new Dice(`${options.seed}/${options.number}`);
    [this.merchantId, this.ownerId] = [options.nextNumber(), options.nextNumber()];
    this.campaigns = [options.nextNumber(), options.nextNumber()];
    this.accounts = [
      ...['cash', 'bonus'].flatMap((kind) => [
        `merchant_${kind}:${this.merchantId}`,
        ...this.campaigns.map((campaign) => `campaign_${kind}:${this.merchantId}:${campaign}`),
      ]),
      `refund_in_transit:${this.merchantId}`,
      `traffic_available:${this.ownerId}`,
      ...DAYS.map((day) => `traffic_pending:${this.ownerId}:${day}`),
    ];
  }

  get number(): number {
    return this.options.number;
  }

  nextBurst(): Burst {
    const asked = Array.from({ length: 1 + this.dice.below(MAX_AT_ONCE) }, () => {
      const wish = this.nextWish();
      this.past.push(wish);
      return { wish, callers: this.dice.pick(CALLERS) };
    });
    const freeze = this.dice.chance(12)
      ? { code: this.dice.pick(this.accounts), frozen: this.dice.chance(40) }
      : null;
    return { asked, freeze };
  }

  /** A wish was granted: a refund that was set aside can be settled from now on. */
  granted({ key }: Wish): void {
    const held = this.held.get(key);
    if (held && this.held.delete(key)) this.refunds.push(held);
  }

  private nextWish(): Wish {
    const { dice, past } = this;
    const what = dice.weighed({
      wallet: 20,
      settlement: this.refunds.length > 0 ? 4 : 0,
      campaign: 12,
      earnings: 8,
      operator: 5,
      ending: this.withdrawals.length > 0 ? 5 : 0,
      sameAgain: past.length > 0 ? 4 : 0,
      sameKey: past.length > 0 ? 2 : 0,
    });
    switch (what) {
      case 'wallet':
        return this.walletWish();
      case 'settlement':
        return this.settlement();
      case 'campaign':
        return this.campaignWish();
      case 'earnings':
        return this.earningsWish();
      case 'operator':
        return this.operatorWish();
      case 'ending':
        return this.ending();
      case 'sameAgain':
        return dice.pick(past);
      case 'sameKey': {
        const wish = dice.pick(past);
        return wish.twist?.() ?? wish;
      }
    }
  }

  private walletWish(): Wish {
    const { dice, merchantId } = this;
    const channel = dice.pick(CHANNELS);
    const [number, amount] = [this.options.nextNumber(), this.amount()];
    switch (dice.weighed({ recharge: 12, hold: 5, unowned: 1, givenBack: 1, fee: 1, writeOff: 1 })) {
      case 'recharge': {
        // So much that there is something to do with it.
        const paid = this.options.rich ? amount : amount * 4n;
        const [fee, bonus] = [paid / 100n, dice.chance(50) ? this.amount() : 0n];
        const channelTradeNo = this.tradeNo(number);
        return recharge({
          orderId: number,
          merchantId,
          amount: paid,
          fee,
          bonus,
          channel,
          channelTradeNo,
        });
      }
      case 'hold': {
        const bonus = dice.chance(50) ? this.amount() : 0n;
        const held: Held = { id: number, amount, legs: [] };
        const wish = holdRefund(
          { refundId: number, merchantId, amount, bonus },
          (legs) => void (held.legs = legs),
        );
        this.held.set(wish.key, held);
        return wish;
      }
      case 'unowned': {
        const channelTradeNo = this.tradeNo(number);
        return unowned({ attemptId: number, amount, fee: amount / 100n, channel, channelTradeNo });
      }
      case 'givenBack':
        return givenBack({ refundId: number, channel, amount });
      case 'fee':
        return correctFee({ key: number, channel, difference: dice.chance(50) ? amount : -amount });
      case 'writeOff':
        return giveUp({ differenceId: number, channel, amount: dice.chance(50) ? amount : -amount });
    }
  }

  private settlement(): Wish {
    const held = this.dice.pick(this.refunds);
    const { id: refundId, amount } = held;
    const outcome = this.dice.chance(50) ? 'SUCCEEDED' : 'FAILED';
    const settled = { refundId, merchantId: this.merchantId, channel: 'alipay', amount, outcome } as const;
    return settleRefund(settled, () => held.legs, this.options.findHeld);
  }

  private campaignWish(): Wish {
    const { dice, merchantId } = this;
    const [key, campaignId, amount] = [this.options.nextNumber(), dice.pick(this.campaigns), this.amount()];
    switch (dice.weighed({ hold: 5, spend: 6, release: 2 })) {
      case 'hold': {
        const bonus = dice.chance(50) ? this.amount() : 0n;
        return holdBudget({ key, merchantId, campaignId, cash: amount, bonus });
      }
      case 'spend': {
        const [trafficOwnerId, day] = [this.ownerId, dice.pick(DAYS)];
        const ownerShareBps = dice.pick([0, 5_000, 7_000, 6_667, 10_000]);
        // Of no round amount, so that the parts have to be rounded.
        const odd = amount + (this.options.rich ? 0n : BigInt(dice.below(3)));
        return spend({ key, merchantId, campaignId, trafficOwnerId, day, amount: odd, ownerShareBps });
      }
      case 'release':
        return release({ key, merchantId, campaignId });
    }
  }

  private earningsWish(): Wish {
    const { dice, ownerId } = this;
    if (dice.chance(40)) return mature(ownerId, dice.pick(DAYS), dice.below(1_000_000));
    const [withdrawalId, amount] = [this.options.nextNumber(), this.amount()];
    // Whether it is granted or not: nobody is paid from an account that has nothing.
    this.withdrawals.push({ id: withdrawalId, amount });
    return withdraw({ withdrawalId, ownerId, amount });
  }

  private operatorWish(): Wish {
    const { dice, merchantId } = this;
    const [id, amount] = [this.options.nextNumber(), this.amount()];
    switch (dice.weighed({ putRight: 3, bonus: 2, endBonus: 2, settle: 3 })) {
      case 'putRight': {
        const account = dice.pick(ADJUSTABLE);
        const ownerId = account.startsWith('traffic') ? this.ownerId : merchantId;
        const part = account === 'traffic_pending' ? dice.pick(DAYS) : null;
        return putRight({ id, account, ownerId, part, amount: dice.chance(50) ? amount : -amount });
      }
      case 'bonus':
        return grantBonus({ id, ownerId: merchantId, amount });
      case 'endBonus':
        return endBonus({ id, ownerId: merchantId, amount });
      case 'settle': {
        const [channel, direction] = [dice.pick(CHANNELS), dice.pick(['payout', 'top_up'] as const)];
        const bankReference = this.tradeNo(id);
        return settle({ id, channel, direction, amount, fee: amount / 100n, bankReference });
      }
    }
  }

  private ending(): Wish {
    const { dice, ownerId } = this;
    const { id: withdrawalId, amount } = dice.pick(this.withdrawals);
    const [fee, tax] = [amount / 100n, amount / 50n];
    const ended = { withdrawalId, ownerId, amount, fee, tax, method: dice.pick(METHODS) };
    if (dice.chance(20)) return comeBack(ended);
    return endWithdrawal({ ...ended, outcome: dice.chance(60) ? 'PAID' : 'RELEASED' });
  }

  /** Whole yuan and few of them, so that balances are met exactly; or what hardly fits. */
  private amount(): bigint {
    return this.options.rich ? this.dice.pick(EDGES) : BigInt(1 + this.dice.below(20)) * YUAN;
  }

  /** Now and then a trade of the channel that was told of before, for another order. */
  private tradeNo(number: string): string {
    const known = !this.options.rich && this.trades.length > 0 && this.dice.chance(15);
    const tradeNo = known ? this.dice.pick(this.trades) : number;
    this.trades.push(tradeNo);
    return tradeNo;
  }
}
