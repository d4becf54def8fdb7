import { type Account, DEMO_PASSWORD, eventually, startTestStack, type TestStack } from '#libs/testing';
import { Books } from '../../e2e/support/books.js';
import { Aftermath, type Difference, isUnexplained } from './aftermath.js';
import { Buyers } from './buyers.js';
import { environmentOf } from './chaos-environment.js';
import { type ChaosPlan, MERCHANTS, planChaos, type Way } from './chaos-plan.js';
import { summaryOf } from './chaos-summary.js';
import { Disasters } from './disasters.js';
import { givingBack } from './merchants-who-refund.js';
import { OurBook, type OurOrder } from './our-book.js';
import { Errands, patiently } from './patience.js';
import { allTrades } from './sandbox-book.js';
import { storiesOf } from './stories.js';
import { type Fault, judge, type Outcomes, outcomesOf } from './verdict.js';
import { Owners } from './withdrawals/owners.js';
import { PatientRpc } from './withdrawals/patient-rpc.js';
import { type OurWithdrawal, WithdrawalBook } from './withdrawals/withdrawal-book.js';
import { judgeWithdrawals, outcomesOfWithdrawals } from './withdrawals/withdrawal-verdict.js';
import { Withdrawers } from './withdrawals/withdrawers.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly payments: number;
  readonly print: (line: string) => void;
}

export interface ChaosResult {
  readonly summary: string;
  readonly faults: readonly Fault[];
}

const BUYERS = 32;
const ERRAND_RUNNERS = 24;
const PRINT_EVERY_MS = 5_000;
const QUIET_WITHIN_MS = 180_000;
const STORIES_TOLD = 5;
const AUDITED_WITHIN_MS = 30_000;
const RENEW_EVERY_MS = 120_000;

/**
 * Plays so many payments with every trouble at once, on two replicas that are killed, then lets the dust settle, and
 * holds all books against each other.
 */
export async function runChaos({ seed, payments, print }: ChaosOptions): Promise<ChaosResult> {
  const startedAt = new Date();
  const stack = await startTestStack({ replicas: 2, env: environmentOf });
  const books = await Books.open(stack.urls.mysql);
  const rpc = await PatientRpc.connect(stack.urls.redis);
  let renewal: NodeJS.Timeout | undefined;
  try {
    const operator = await stack.api().signInOperator();
    const merchants = await Promise.all(
      Array.from({ length: MERCHANTS }, () => stack.api().registerMerchant()),
    );
    renewal = keepSignedIn(operator, merchants);
    const plan = planChaos(seed, payments, await waysOf(merchants[0]));
    const offerId = await makeOffer(operator);
    const owners = new Owners(stack, rpc, seed);
    await owners.prepare(plan.withdrawals);
    const played = await play({ seed, plan, stack, merchants, offerId, owners, rpc, print });
    const [book, withdrawalBook] = [new OurBook(books), new WithdrawalBook(books, stack.sandboxClient)];
    const aftermath = new Aftermath(stack, operator, [book, withdrawalBook], print);
    const faults: Fault[] = [];
    await attempt(faults, () => aftermath.untilQuiet(QUIET_WITHIN_MS));
    print('nothing is under way any more');
    await attempt(faults, () => aftermath.settleConflicts(played.buyers.orders));
    // What is given back while the bill is being written stands on tomorrow's.
    await attempt(faults, () => aftermath.untilQuiet(QUIET_WITHIN_MS));
    print('what was in conflict is settled');
    const differences = await attempt(faults, () => aftermath.reconcile(startedAt));
    await attempt(faults, () => aftermath.untilQuiet(QUIET_WITHIN_MS));
    faults.push(...(differences ?? []).filter(isUnexplained).map(faultOf));
    const orders = await judgePayments(book, stack, merchants, faults);
    const withdrawals = await judgePayouts(withdrawalBook, stack, played.withdrawers, owners, faults);
    print('all is reconciled');
    await attempt(faults, () => audit(stack));
    print('audited');
    if (faults.length > 0)
      await storiesOf({ stack, operator, seed, faults: faults.slice(0, STORIES_TOLD), print });
    const outcomes = {
      ...outcomesOf(orders),
      ...outcomesOfWithdrawals(withdrawals),
      ...countDifferences(differences ?? []),
    };
    return {
      summary: summaryOf({
        seed,
        payments,
        withdrawals: plan.withdrawals.length,
        startedAt,
        kills: played.kills,
        outcomes,
        faults,
      }),
      faults,
    };
  } finally {
    clearInterval(renewal);
    await rpc.close();
    await books.close();
    await stack.stop();
  }
}

/** A run takes longer than an access token lives. */
function keepSignedIn(operator: Account, merchants: readonly Account[]): NodeJS.Timeout {
  const renewAll = () =>
    Promise.all([
      patiently('sign in', () => operator.renew(DEMO_PASSWORD)),
      ...merchants.map((merchant) => patiently('sign in', () => merchant.renew())),
    ]);
  // Who could not sign in will be refused with words that say so.
  return setInterval(() => void renewAll().catch(() => undefined), RENEW_EVERY_MS);
}

/** Every method of every channel that is set up. */
async function waysOf(merchant: Account | undefined): Promise<Way[]> {
  interface Methods {
    readonly items: readonly {
      readonly channel: Way['channel'];
      readonly methods: readonly Way['method'][];
    }[];
  }
  if (!merchant) throw new Error('Nobody has registered');
  const { items } = await merchant.call<Methods>('GET', '/v1/pay-methods');
  return items.flatMap(({ channel, methods }) => methods.map((method) => ({ channel, method })));
}

/** Of no round percentage, so that its parts have to be rounded. */
async function makeOffer(operator: Account): Promise<string> {
  const { id } = await operator.call<{ readonly id: string }>('POST', '/v1/admin/recharge-offers', {
    body: {
      name: 'Seven and a bit percent more',
      rule: { type: 'percentage', basisPoints: 733, maxBonus: '15.00' },
      firstRechargeOnly: false,
      startsAt: new Date(0).toISOString(),
      endsAt: null,
      perMerchantLimit: null,
    },
  });
  return id;
}

interface Stage {
  readonly seed: number;
  readonly plan: ChaosPlan;
  readonly stack: TestStack;
  readonly merchants: readonly Account[];
  readonly offerId: string;
  readonly owners: Owners;
  readonly rpc: PatientRpc;
  readonly print: (line: string) => void;
}

/** Until every payment is played and everything that was planned for later is done, or can't be while there is trouble. */
async function play({ seed, plan, stack, merchants, offerId, owners, rpc, print }: Stage) {
  await stack.sandboxClient.trouble(`chaos ${seed}`, plan.faultRates);
  const errands = new Errands(ERRAND_RUNNERS);
  const buyers = new Buyers(merchants, stack.sandboxClient, errands, seed, offerId);
  const withdrawers = new Withdrawers(owners, rpc, stack.sandboxClient, errands, seed);
  const disasters = new Disasters(stack, plan.disasters);
  let next = 0;
  const ticker = setInterval(
    () =>
      print(
        `${next} of ${plan.payments.length} payments begun, ${errands.left} errands, ${disasters.kills} kills`,
      ),
    PRINT_EVERY_MS,
  );
  try {
    const buyer = async () => {
      for (;;) {
        const payment = plan.payments[next];
        if (payment === undefined) return;
        disasters.paymentBegins(next);
        withdrawers.paymentBegins(plan.withdrawals, next);
        next += 1;
        const order = await buyers.play(payment);
        const refund = order && givingBack(order);
        if (refund) errands.add(refund);
      }
    };
    await Promise.all(Array.from({ length: BUYERS }, buyer));
    await disasters.over();
    await stack.sandboxClient.peace();
    print(`all ${plan.payments.length} payments begun; no more trouble from now on`);
    await errands.finish();
    await withdrawers.lastBankDay();
  } finally {
    clearInterval(ticker);
  }
  return { buyers, withdrawers, kills: disasters.kills };
}

/** @returns the orders of the run's merchants. */
async function judgePayments(
  book: OurBook,
  stack: TestStack,
  merchants: readonly Account[],
  faults: Fault[],
): Promise<OurOrder[]> {
  const orders = await book.orders();
  const trades = await allTrades(stack.urls.sandbox ?? '');
  const wallets = await walletsOf(merchants);
  faults.push(...judge({ orders, trades, wallets }));
  return orders.filter(({ merchantId }) => wallets.has(merchantId));
}

async function judgePayouts(
  book: WithdrawalBook,
  { sandboxClient }: TestStack,
  { wishes, contradictions, bank }: Withdrawers,
  owners: Owners,
  faults: Fault[],
): Promise<OurWithdrawal[]> {
  const withdrawals = await book.all();
  const transfers = await sandboxClient.transfers();
  const balances = await owners.balances();
  const bankPayments = bank.payments;
  faults.push(
    ...judgeWithdrawals({ withdrawals, wishes, contradictions, transfers, bankPayments, balances }),
  );
  return withdrawals;
}

async function walletsOf(merchants: readonly Account[]) {
  return new Map(
    await Promise.all(
      merchants.map(
        async (merchant) => [merchant.id, await patiently('wallet', () => merchant.wallet())] as const,
      ),
    ),
  );
}

/** What the reconciliation has found is still on its way to the ledger for a moment. */
async function audit(stack: TestStack): Promise<void> {
  await eventually('the audit is clean', () => stack.run('apps/auditor/src/main.js').then(() => true), {
    withinMs: AUDITED_WITHIN_MS,
    everyMs: 500,
  });
}

/** What goes wrong at the end is a finding like the others: the rest is looked at all the same. */
async function attempt<T>(faults: Fault[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    faults.push({ orderId: null, what: (error as Error).message });
    return undefined;
  }
}

const faultOf = ({ rechargeId, kind, state, subject, ourNumber, explanation }: Difference): Fault => ({
  orderId: rechargeId,
  what: `${state} difference ${kind} of ${subject} ${ourNumber}: ${explanation}`,
});

function countDifferences(differences: readonly Difference[]): Outcomes {
  const counts: Record<string, number> = {};
  for (const { kind, state } of differences) {
    const what = `${kind} ${state.toLowerCase()}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
