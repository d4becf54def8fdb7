import { wallet, type withdrawal } from '#libs/contracts';
import { patiently } from '../../disasters/chaos/patience.js';
import { OPERATOR, SECOND_OPERATOR, WITHIN_MS, Withdrawing, today, totalsOf, until } from './withdrawing.js';
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

const YUAN = 1_000_000n;
const EARNED = 40n * YUAN;
const WITHDRAWN = 25n * YUAN;
/** From here on two operators decide. */
const LARGE = 5_000n * YUAN;

async function orderToPay(world: CrashWorld, amount = '50.00') {
  const merchant = await world.stack.api().registerMerchant();
  const recharge = await merchant.recharge({ amount });
  return { merchant, recharge };
}

async function paidMerchant(world: CrashWorld, amount?: string) {
  const { merchant, recharge } = await orderToPay(world, amount);
  await world.stack.sandboxClient.pay(recharge);
  await merchant.until(recharge.id, 'CREDITED');
  return { merchant, recharge };
}

interface Earning {
  readonly merchantId: string;
  readonly ownerId: string;
  readonly campaignId: string;
  readonly key: string;
  readonly amount: bigint;
}

async function earn(world: CrashWorld, earning: Earning): Promise<void> {
  const { merchantId, ownerId, campaignId, key, amount } = earning;
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

/** A traffic owner who has earned so much and can be paid. */
async function earner(
  world: CrashWorld,
  { method, amount = EARNED }: { method?: withdrawal.PayoutMethod; amount?: bigint } = {},
): Promise<Withdrawing> {
  const { merchant } = await paidMerchant(world, `${amount / YUAN + 10n}.00`);
  const [ownerId, campaignId, key] = [world.nextNumber(), world.nextNumber(), world.nextNumber()];
  await earn(world, { merchantId: merchant.id, ownerId, campaignId, key, amount });
  return Withdrawing.by(world, ownerId, method);
}

/** Of somebody who has earned: through wallet and withdrawal, of which each may die. */
function withdrawalFlow(
  name: string,
  of: Parameters<typeof earner>[1],
  story: (withdrawing: Withdrawing, hasAvailable: (amount: bigint) => Promise<void>) => Promise<void>,
): Flow {
  return {
    name,
    mortals: ['wallet', 'withdrawal'],
    rests: true,
    prepare: async (world) => {
      const withdrawing = await earner(world, of);
      return () => story(withdrawing, (amount) => expectTotals(world, withdrawing.ownerId, amount));
    },
  };
}

/** Whoever adds a flow adds a row. */
const EVERY_TIME: readonly Flow[] = [
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
        await earn(world, { merchantId: merchant.id, ownerId, campaignId, key, amount: EARNED });
        await merchant.untilBalance('10.00');
      };
    },
  },
  withdrawalFlow('a withdrawal is approved, paid, and comes back', {}, async (withdrawing, hasAvailable) => {
    await withdrawing.request(WITHDRAWN);
    await withdrawing.reach('PAID', () => withdrawing.approve());
    await hasAvailable(EARNED - WITHDRAWN);
    await withdrawing.expectPaid(1);
    await withdrawing.comeBack();
    await withdrawing.reach('RETURNED');
    await hasAvailable(EARNED);
  }),
  withdrawalFlow('a withdrawal is taken back', {}, async (withdrawing, hasAvailable) => {
    await withdrawing.request(WITHDRAWN);
    await withdrawing.reach('CANCELLED', () => withdrawing.cancel());
    await hasAvailable(EARNED);
  }),
];

const WHEN_THERE_IS_TIME: readonly Flow[] = [
  withdrawalFlow(
    'a withdrawal goes to the bank in a file, is paid, and comes back',
    { method: 'bank' },
    async (withdrawing, hasAvailable) => {
      await withdrawing.request(WITHDRAWN);
      await withdrawing.reach('APPROVED', () => withdrawing.approve());
      await withdrawing.reach('PAYING', () => withdrawing.exportForBank(), 'APPROVED');
      await withdrawing.bankSays('PAID');
      await hasAvailable(EARNED - WITHDRAWN);
      await withdrawing.bankSays('RETURNED');
      await hasAvailable(EARNED);
      await withdrawing.expectPaid(0);
    },
  ),
  withdrawalFlow(
    'a withdrawal by WeChat is confirmed by its payee',
    { method: 'wechat' },
    async (withdrawing, hasAvailable) => {
      await withdrawing.request(WITHDRAWN);
      await withdrawing.reach('PAYING', () => withdrawing.approve());
      await withdrawing.confirm();
      await withdrawing.reach('PAID');
      await hasAvailable(EARNED - WITHDRAWN);
      await withdrawing.expectPaid(1);
    },
  ),
  withdrawalFlow(
    'a large withdrawal is approved by two and paid',
    { amount: LARGE },
    async (withdrawing, hasAvailable) => {
      await withdrawing.request(LARGE);
      await withdrawing.reach('PAID', () =>
        Promise.all([OPERATOR, SECOND_OPERATOR].map((operator) => withdrawing.approve(operator))),
      );
      await hasAvailable(0n);
      await withdrawing.expectPaid(1);
    },
  ),
  withdrawalFlow('a withdrawal is rejected', {}, async (withdrawing, hasAvailable) => {
    await withdrawing.request(WITHDRAWN);
    await withdrawing.reach('REJECTED', () => withdrawing.reject());
    await hasAvailable(EARNED);
    await withdrawing.expectPaid(0);
  }),
];

/** In every test run the first ones alone: each flow costs its recording, and at least a death of each of its services. */
export const FLOWS: readonly Flow[] =
  process.env['CRASH_STRIKES'] === undefined ? EVERY_TIME : [...EVERY_TIME, ...WHEN_THERE_IS_TIME];
