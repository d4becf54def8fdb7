import { wallet, withdrawal } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { patiently } from '../../disasters/chaos/patience.js';
import type { CrashWorld, Mortal } from './world.js';

/** Something that goes through services of which one may die at any moment. */
export interface Flow {
  readonly name: string;
  /** Whose deaths it must survive; each is tried by itself. */
  readonly mortals: readonly Mortal[];
  /** Nothing goes on by itself once it is prepared: it may wait while others die. */
  readonly rests: boolean;
  /**
   * What must be there before.
   *
   * @returns the flow itself: asks again for as long as it takes, as its callers do, and checks how it ends.
   */
  readonly prepare: (world: CrashWorld) => Promise<() => Promise<void>>;
}

const WITHIN_MS = 45_000;
const YUAN = 1_000_000n;
const EARNED = 40n * YUAN;
const WITHDRAWN = 25n * YUAN;
const OPERATOR = '901';

const until = (what: string, condition: () => Promise<unknown>) =>
  eventually(what, condition, { withinMs: WITHIN_MS, everyMs: 50 });

async function orderToPay(world: CrashWorld) {
  const merchant = await world.stack.api().registerMerchant();
  const recharge = await merchant.recharge({ amount: '50.00' });
  return { merchant, recharge };
}

async function paidMerchant(world: CrashWorld) {
  const { merchant, recharge } = await orderToPay(world);
  await world.stack.sandboxClient.pay(recharge);
  await merchant.until(recharge.id, 'CREDITED');
  return { merchant, recharge };
}

interface Earning {
  readonly merchantId: string;
  readonly ownerId: string;
  readonly campaignId: string;
  readonly key: string;
}

const totalsOf = (world: CrashWorld, ownerId: string) =>
  world.rpc.call(wallet.getEarnings, { ownerId, from: today(), to: today() });

/** In Beijing. */
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

async function earn(world: CrashWorld, { merchantId, ownerId, campaignId, key }: Earning): Promise<void> {
  const amount = EARNED;
  await patiently('hold the budget', () =>
    world.rpc.call(wallet.holdBudget, { key, merchantId, campaignId, cash: amount, bonus: 0n }),
  );
  const campaign = { key, merchantId, campaignId, amount };
  const spend = { ...campaign, trafficOwnerId: ownerId, day: today(), ownerShareBps: 10_000 };
  await patiently('post the spend', async () => {
    const { outcomes } = await world.rpc.call(wallet.postSpends, { spends: [spend] });
    if (outcomes[0]?.transferId === null) throw new Error(`refused: ${outcomes[0].refusal}`);
  });
  await until('it is available', async () => (await totalsOf(world, ownerId)).available === amount);
}

async function expectTotals(world: CrashWorld, ownerId: string, available: bigint): Promise<void> {
  await until(`${available} are available`, async () => {
    const totals = await totalsOf(world, ownerId);
    return totals.available === available && totals.withdrawing === 0n && totals.pending === 0n;
  });
}

/** What a traffic owner and an operator do, again and again until it is done. */
class Withdrawing {
  private id = '';

  private constructor(
    private readonly world: CrashWorld,
    readonly ownerId: string,
    private readonly payoutAccountId: string,
  ) {}

  static async by(world: CrashWorld): Promise<Withdrawing> {
    const { merchant } = await paidMerchant(world);
    const [ownerId, campaignId, key] = [world.nextNumber(), world.nextNumber(), world.nextNumber()];
    await earn(world, { merchantId: merchant.id, ownerId, campaignId, key });
    const account = await world.rpc.call(withdrawal.addPayoutAccount, {
      ownerId,
      method: 'alipay',
      number: `2088${world.nextNumber().slice(-12).padStart(12, '0')}`,
      holderName: '王小明',
    });
    return new Withdrawing(world, ownerId, account.id);
  }

  async request(): Promise<void> {
    const wish = { ownerId: this.ownerId, payoutAccountId: this.payoutAccountId, amount: WITHDRAWN };
    const { id } = await patiently('request', () =>
      this.world.rpc.call(withdrawal.createWithdrawal, { ...wish, idempotencyKey: `of ${this.ownerId}` }),
    );
    this.id = id;
  }

  /** Until a state is reached; asks once more for what leads there, as long as it can still be asked for. */
  async reach(
    wanted: withdrawal.WithdrawalState,
    ask: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    await until(`withdrawal ${this.id} is ${wanted}`, async () => {
      const { state } = await this.state();
      if (state === 'IN_REVIEW') await ask();
      return state === wanted;
    });
  }

  approve(): Promise<unknown> {
    const [withdrawalId, operatorId, note] = [this.id, OPERATOR, 'known for years'];
    return this.world.rpc.call(withdrawal.approveWithdrawal, { withdrawalId, operatorId, note });
  }

  cancel(): Promise<unknown> {
    const [withdrawalId, ownerId] = [this.id, this.ownerId];
    return this.world.rpc.call(withdrawal.cancelWithdrawal, { withdrawalId, ownerId });
  }

  /** The bank has given it back to the channel. */
  async comeBack(): Promise<void> {
    await this.world.stack.sandboxClient.returnTransfer(this.id);
  }

  /** The channel has paid it once, under its own number. */
  async expectPaidOnce(): Promise<void> {
    const transfers = await this.world.stack.sandboxClient.transfers();
    const ours = transfers.filter(({ outTransferNo }) => outTransferNo === this.id);
    if (ours.length !== 1) throw new Error(`The channel has ${ours.length} transfers of ${this.id}`);
  }

  private async state() {
    const answer = await this.world.rpc.call(withdrawal.getWithdrawal, {
      withdrawalId: this.id,
      ownerId: null,
    });
    return answer.withdrawal;
  }
}

/** Whoever adds a flow adds a row. */
export const FLOWS: readonly Flow[] = [
  {
    name: 'a recharge is credited',
    mortals: ['wallet', 'payment'],
    // It is asked about until it is paid.
    rests: false,
    prepare: async (world) => {
      const { merchant, recharge } = await orderToPay(world);
      return async () => {
        await world.stack.sandboxClient.pay(recharge);
        await merchant.until(recharge.id, 'CREDITED', { withinMs: WITHIN_MS });
        await merchant.untilBalance('50.00');
      };
    },
  },
  {
    name: 'a refund is held and taken',
    mortals: ['wallet', 'payment'],
    rests: true,
    prepare: async (world) => {
      const { merchant, recharge } = await paidMerchant(world);
      const path = `/v1/recharges/${recharge.id}/refunds`;
      return async () => {
        await patiently('refund', () =>
          merchant.call('POST', path, {
            body: { amount: '20.00', reason: 'The buyer has changed their mind' },
            headers: { 'idempotency-key': 'only-one' },
          }),
        );
        await until('the refund has succeeded', async () => {
          const { items } = await merchant.call<{ items: readonly { state: string }[] }>('GET', path);
          return items.length === 1 && items[0]?.state === 'SUCCEEDED';
        });
        await merchant.untilBalance('30.00');
      };
    },
  },
  {
    name: 'earnings are spent and mature',
    mortals: ['wallet'],
    rests: true,
    prepare: async (world) => {
      const { merchant } = await paidMerchant(world);
      const [ownerId, campaignId, key] = [world.nextNumber(), world.nextNumber(), world.nextNumber()];
      return async () => {
        await earn(world, { merchantId: merchant.id, ownerId, campaignId, key });
        await merchant.untilBalance('10.00');
      };
    },
  },
  {
    name: 'a withdrawal is approved, paid, and comes back',
    mortals: ['wallet', 'withdrawal'],
    rests: true,
    prepare: async (world) => {
      const withdrawing = await Withdrawing.by(world);
      return async () => {
        await withdrawing.request();
        await withdrawing.reach('PAID', () => withdrawing.approve());
        await expectTotals(world, withdrawing.ownerId, EARNED - WITHDRAWN);
        await withdrawing.expectPaidOnce();
        await withdrawing.comeBack();
        await withdrawing.reach('RETURNED');
        await expectTotals(world, withdrawing.ownerId, EARNED);
      };
    },
  },
  {
    name: 'a withdrawal is taken back',
    mortals: ['wallet', 'withdrawal'],
    rests: true,
    prepare: async (world) => {
      const withdrawing = await Withdrawing.by(world);
      return async () => {
        await withdrawing.request();
        await withdrawing.reach('CANCELLED', () => withdrawing.cancel());
        await expectTotals(world, withdrawing.ownerId, EARNED);
      };
    },
  },
];
