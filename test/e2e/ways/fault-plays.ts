import { expect } from '@jest/globals';
import { type Account, eventually, type RechargeView } from '#libs/testing';
import { FAULT_KINDS, type FaultKind } from '../../../apps/sandbox/src/faults/faults.js';
import { BY_ALIPAY, BY_WECHAT, type RefundView, type WaysWorld, type WayToPay } from './ways-world.js';

/** How the three flows of an order end under a trouble, and what is left of 50 yuan in the wallet then. */
export interface Endings {
  readonly paying: 'CREDITED' | 'IN_CONFLICT';
  /** Half of it. */
  readonly givingBack: RefundView['state'] | 'ABNORMAL' | null;
  /** Another order of the same merchant. */
  readonly closing: 'CLOSED' | 'CREDITED';
  readonly balance: string;
}

interface Play {
  readonly fault: FaultKind;
  readonly way: WayToPay;
  readonly merchant: Account;
  readonly recharge: RechargeView;
}

/** What strikes calls: an order is made under it, too. */
const OF_CALLS = new Set<FaultKind>([
  'serverError',
  'overloaded',
  'systemError',
  'unsignedError',
  'timeoutAfterWork',
  'tamperedReply',
]);
/** Of one that takes seconds each time, once is enough. */
const timesOf = (fault: FaultKind) => (fault === 'timeoutAfterWork' ? 1 : 3);
const WITHIN = { withinMs: 60_000, everyMs: 100 };
const nameOf = (fault: FaultKind, { channel }: WayToPay) => `${fault} ${channel}`;

/** For each trouble of each channel a merchant who pays, wants half of it back, and closes another order. */
export class FaultPlays {
  private readonly played = new Map<string, Promise<Endings>>();

  constructor(private readonly world: WaysWorld) {}

  async begin(): Promise<void> {
    const { api, stack } = this.world;
    const begun: Play[] = [];
    for (const fault of FAULT_KINDS) {
      if (OF_CALLS.has(fault)) await stack.sandboxClient.trouble(fault, { [fault]: 1 });
      begun.push(
        ...(await Promise.all(
          [BY_ALIPAY, BY_WECHAT].map(async (way) => {
            const merchant = await api.registerMerchant();
            return { fault, way, merchant, recharge: await merchant.recharge({ ...way }) };
          }),
        )),
      );
      await stack.sandboxClient.peace();
    }
    for (const each of begun) {
      const playing = this.play(each);
      // Each is awaited by its own test.
      playing.catch(() => undefined);
      this.played.set(nameOf(each.fault, each.way), playing);
    }
  }

  endOf(fault: FaultKind, way: WayToPay): Promise<Endings> | undefined {
    return this.played.get(nameOf(fault, way));
  }

  async allEnded(): Promise<void> {
    await Promise.allSettled(this.played.values());
  }

  private strike(fault: FaultKind, { outTradeNo }: RechargeView) {
    return this.world.stack.sandboxClient.order(outTradeNo, { [fault]: timesOf(fault) });
  }

  private async play({ fault, way, merchant, recharge }: Play): Promise<Endings> {
    const payable = await eventually('it can be paid', () => isPayable(merchant, recharge), WITHIN);
    await this.strike(fault, payable);
    const paying = await this.pay(merchant, payable);
    await this.strike(fault, payable);
    const givingBack = paying === 'CREDITED' ? await this.giveHalfBack(merchant, payable) : null;
    const closing = await this.close(fault, merchant, await merchant.recharge({ ...way }));
    const balance = { CREDITED: 50, IN_CONFLICT: 0 }[paying] + { CREDITED: 50, CLOSED: 0 }[closing];
    const left = givingBack === null || givingBack === 'FAILED' ? balance : balance - 25;
    return { paying, givingBack, closing, balance: await merchant.untilBalance(`${left}.00`) };
  }

  private async pay(merchant: Account, recharge: RechargeView): Promise<Endings['paying']> {
    await this.world.pay(recharge);
    return eventually(
      `what was paid for ${recharge.id} is known`,
      async () => {
        const { state, inConflict } = await merchant.get(recharge.id);
        if (inConflict) return 'IN_CONFLICT';
        return state === 'CREDITED' && state;
      },
      WITHIN,
    );
  }

  private async giveHalfBack(merchant: Account, { id }: RechargeView): Promise<Endings['givingBack']> {
    const { sandboxClient } = this.world.stack;
    const { id: refundId } = await this.world.refund(merchant, id, '25.00');
    return eventually(
      `what became of refund ${refundId} is known`,
      async () => {
        // What the channel keeps in process it ends when somebody there has a look.
        const atChannel = await sandboxClient.refund(refundId).catch(() => undefined);
        if (atChannel?.status === 'PROCESSING')
          await sandboxClient.settleRefund(refundId, 'SUCCEEDED').catch(() => undefined);
        const [refund] = await this.world.refundsOf(merchant, id);
        if (refund?.problem === 'ABNORMAL') return 'ABNORMAL';
        return (refund?.state === 'SUCCEEDED' || refund?.state === 'FAILED') && refund.state;
      },
      WITHIN,
    );
  }

  /** The merchant asks until it is closed; the buyer then pays all the same, where the channel lets them. */
  private async close(
    fault: FaultKind,
    merchant: Account,
    recharge: RechargeView,
  ): Promise<Endings['closing']> {
    // A code that nobody has scanned is no trade at Alipay, and can't be closed there.
    if (recharge.channel === 'alipay') await fetch(recharge.codeUrl ?? '');
    await this.strike(fault, recharge);
    await eventually(
      `recharge ${recharge.id} is closed`,
      async () => (await merchant.close(recharge.id)).state === 'CLOSED',
      WITHIN,
    );
    if (fault !== 'paidAfterClose') return 'CLOSED';
    await this.world.pay(recharge);
    expect(await merchant.until(recharge.id, 'CREDITED')).toMatchObject({ paidLate: true });
    return 'CREDITED';
  }
}

async function isPayable(merchant: Account, { id }: RechargeView): Promise<RechargeView | false> {
  const recharge = await merchant.get(id);
  return recharge.codeUrl !== null && recharge;
}
