import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, eventually, type RechargeView } from '#libs/testing';
import { FAULT_KINDS, type FaultKind } from '../../apps/sandbox/src/faults/faults.js';
import { BY_ALIPAY, BY_WECHAT, type RefundView, WaysWorld, type WayToPay } from './ways/ways-world.js';

/** How the three flows of an order end under a trouble, and what is left of 50 yuan in the wallet then. */
interface Endings {
  readonly paying: 'CREDITED' | 'IN_CONFLICT';
  /** Half of it. */
  readonly givingBack: RefundView['state'] | 'ABNORMAL' | null;
  /** Another order of the same merchant. */
  readonly closing: 'CLOSED' | 'CREDITED';
  readonly balance: string;
}

const UNHARMED: Endings = {
  paying: 'CREDITED',
  givingBack: 'SUCCEEDED',
  closing: 'CLOSED',
  balance: '25.00',
};

/** What is not named here ends as if nothing had happened. */
const OTHERWISE: Partial<Record<FaultKind, Endings>> = {
  wrongAmount: { ...UNHARMED, paying: 'IN_CONFLICT', givingBack: null, balance: '0.00' },
  paidAfterClose: { ...UNHARMED, closing: 'CREDITED', balance: '75.00' },
  refundAbnormal: { ...UNHARMED, givingBack: 'ABNORMAL' },
  refundClosed: { ...UNHARMED, givingBack: 'FAILED', balance: '50.00' },
};

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

const world = new WaysWorld();
const played = new Map<string, Promise<Endings>>();
const nameOf = (fault: FaultKind, { channel }: WayToPay) => `${fault} ${channel}`;

beforeAll(async () => {
  await world.start();
  const begun = [];
  for (const fault of FAULT_KINDS) {
    if (OF_CALLS.has(fault)) await world.stack.sandboxClient.trouble(fault, { [fault]: 1 });
    begun.push(
      ...(await Promise.all(
        [BY_ALIPAY, BY_WECHAT].map(async (way) => {
          const merchant = await world.api.registerMerchant();
          return { fault, way, merchant, recharge: await merchant.recharge({ ...way }) };
        }),
      )),
    );
    await world.stack.sandboxClient.peace();
  }
  for (const { fault, way, merchant, recharge } of begun) {
    const playing = play(fault, way, merchant, recharge);
    // Each is awaited by its own test.
    playing.catch(() => undefined);
    played.set(nameOf(fault, way), playing);
  }
}, 180_000);
afterAll(() => world.stop());

const strike = (fault: FaultKind, { outTradeNo }: RechargeView) =>
  world.stack.sandboxClient.order(outTradeNo, { [fault]: timesOf(fault) });

async function play(
  fault: FaultKind,
  way: WayToPay,
  merchant: Account,
  recharge: RechargeView,
): Promise<Endings> {
  const payable = await eventually('it can be paid', () => isPayable(merchant, recharge), WITHIN);
  await strike(fault, payable);
  const paying = await pay(merchant, payable);
  await strike(fault, payable);
  const givingBack = paying === 'CREDITED' ? await giveHalfBack(merchant, payable) : null;
  const closing = await close(fault, merchant, await merchant.recharge({ ...way }));
  const balance = { CREDITED: 50, IN_CONFLICT: 0 }[paying] + { CREDITED: 50, CLOSED: 0 }[closing];
  const left = givingBack === null || givingBack === 'FAILED' ? balance : balance - 25;
  return { paying, givingBack, closing, balance: await merchant.untilBalance(`${left}.00`) };
}

async function isPayable(merchant: Account, { id }: RechargeView): Promise<RechargeView | false> {
  const recharge = await merchant.get(id);
  return recharge.codeUrl !== null && recharge;
}

async function pay(merchant: Account, recharge: RechargeView): Promise<Endings['paying']> {
  await world.pay(recharge);
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

async function giveHalfBack(merchant: Account, { id }: RechargeView): Promise<Endings['givingBack']> {
  const { id: refundId } = await world.refund(merchant, id, '25.00');
  return eventually(
    `what became of refund ${refundId} is known`,
    async () => {
      // What the channel keeps in process it ends when somebody there has a look.
      const atChannel = await world.stack.sandboxClient.refund(refundId).catch(() => undefined);
      if (atChannel?.status === 'PROCESSING')
        await world.stack.sandboxClient.settleRefund(refundId, 'SUCCEEDED').catch(() => undefined);
      const [refund] = await world.refundsOf(merchant, id);
      if (refund?.problem === 'ABNORMAL') return 'ABNORMAL';
      return (refund?.state === 'SUCCEEDED' || refund?.state === 'FAILED') && refund.state;
    },
    WITHIN,
  );
}

/** The merchant asks until it is closed; the buyer then pays all the same, where the channel lets them. */
async function close(
  fault: FaultKind,
  merchant: Account,
  recharge: RechargeView,
): Promise<Endings['closing']> {
  // A code that nobody has scanned is no trade at Alipay, and can't be closed there.
  if (recharge.channel === 'alipay') await fetch(recharge.codeUrl ?? '');
  await strike(fault, recharge);
  await eventually(
    `recharge ${recharge.id} is closed`,
    async () => (await merchant.close(recharge.id)).state === 'CLOSED',
    WITHIN,
  );
  if (fault !== 'paidAfterClose') return 'CLOSED';
  await world.pay(recharge);
  expect(await merchant.until(recharge.id, 'CREDITED')).toMatchObject({ paidLate: true });
  return 'CREDITED';
}

describe.each([BY_ALIPAY, BY_WECHAT])('Whatever goes wrong at $channel,', (way) => {
  it.each(FAULT_KINDS.map((fault) => [fault, OTHERWISE[fault] ?? UNHARMED] as const))(
    'an order ends as it must: %s',
    async (fault, endings) => {
      expect(await played.get(nameOf(fault, way))).toEqual(endings);
    },
    120_000,
  );
});

it('and the books are right after all of it', async () => {
  await Promise.allSettled(played.values());
  await eventually('the audit is clean', () => world.audit().then(() => true), {
    withinMs: 30_000,
    everyMs: 1_000,
  });
}, 180_000);
