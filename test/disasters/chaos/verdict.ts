import { parseYuan } from '#libs/money';
import type { WalletView } from '#libs/testing';
import type { OurAttempt, OurOrder, OurRefund } from './our-book.js';
import type { TrueRefund, TrueTrade } from './sandbox-book.js';

/** Something that must never be. */
export interface Fault {
  readonly orderId: string | null;
  readonly withdrawalId?: string;
  readonly what: string;
}

export interface Evidence {
  readonly orders: readonly OurOrder[];
  readonly trades: readonly TrueTrade[];
  /** By merchant. */
  readonly wallets: ReadonlyMap<string, WalletView>;
}

/** How orders and refunds have ended, by kind. */
export type Outcomes = Readonly<Record<string, number>>;

const FINAL: readonly string[] = ['CREDITED', 'CLOSED'];

/** Holds what the platform believes against what the channels know. Pure. */
export function judge({ orders, trades, wallets }: Evidence): Fault[] {
  const tradeOf = new Map(trades.map((trade) => [trade.outTradeNo, trade]));
  const known = new Set(orders.flatMap(({ attempts }) => attempts.map(({ id }) => id)));
  return [
    ...trades
      .filter(({ outTradeNo }) => !known.has(outTradeNo))
      .map(({ outTradeNo }) => ({
        orderId: null,
        what: `the channel has a trade ${outTradeNo} of no order`,
      })),
    ...orders.flatMap((order) => judgeOrder(order, tradeOf)),
    ...judgeWallets(orders, wallets),
  ];
}

function judgeOrder(order: OurOrder, tradeOf: ReadonlyMap<string, TrueTrade>): Fault[] {
  const faults: string[] = [];
  if (!FINAL.includes(order.state)) faults.push(`it is still ${order.state}`);
  const paidAsAsked = order.attempts.filter((attempt) => {
    const paid = paidOf(tradeOf.get(attempt.id));
    return paid !== null && paid === attempt.amount;
  });
  if (paidAsAsked.length > 0 !== (order.state === 'CREDITED'))
    faults.push(`${paidAsAsked.length} of its attempts were paid as asked, and it is ${order.state}`);
  const credits = order.state === 'CREDITED' ? 1 : 0;
  if (order.credits !== credits) faults.push(`the ledger has credited it ${order.credits} times`);
  const succeeded = order.attempts.filter(({ state }) => state === 'SUCCEEDED').length;
  if (succeeded !== credits) faults.push(`${succeeded} of its attempts have succeeded`);
  for (const attempt of order.attempts) {
    faults.push(...judgeAttempt(attempt, order, tradeOf.get(attempt.id)));
  }
  faults.push(...judgeRefunds(order, tradeOf));
  return faults.map((what) => ({ orderId: order.id, what }));
}

const STATES_OF_PAID = ['SUCCEEDED', 'DUPLICATED'];
const STATES_OF_UNPAID = ['CLOSED', 'FAILED'];

function judgeAttempt(attempt: OurAttempt, order: OurOrder, trade: TrueTrade | undefined): string[] {
  const paid = paidOf(trade);
  const allowed =
    paid === null ? STATES_OF_UNPAID : paid === attempt.amount ? STATES_OF_PAID : ['CONFLICTED'];
  const what = `attempt ${attempt.id} is ${attempt.state}, and at the channel ${trade?.status ?? 'unknown'}, paid ${trade?.paidAmount ?? 'nothing'}`;
  if (!allowed.includes(attempt.state)) return [what];
  const givesBack = order.refunds.some(
    ({ attemptId, kind }) => attemptId === attempt.id && kind === 'duplicate',
  );
  return attempt.state === 'DUPLICATED' && !givesBack ? [`${what}; nobody gives it back`] : [];
}

/** In what state the channel's refund may be while ours is in one. */
const TRUE_STATES: Readonly<Record<OurRefund['state'], readonly string[]>> = {
  REQUESTED: [],
  PROCESSING: ['ABNORMAL'],
  SUCCEEDED: ['SUCCEEDED'],
  FAILED: ['CLOSED', 'none'],
};

function judgeRefunds(order: OurOrder, tradeOf: ReadonlyMap<string, TrueTrade>): string[] {
  const faults: string[] = [];
  const trueRefunds = new Map<string, TrueRefund>(
    order.attempts
      .flatMap(({ id }) => tradeOf.get(id)?.refunds ?? [])
      .map((refund) => [refund.outRefundNo, refund]),
  );
  for (const refund of order.refunds) {
    const there = trueRefunds.get(refund.id);
    trueRefunds.delete(refund.id);
    if (!TRUE_STATES[refund.state].includes(there?.status ?? 'none'))
      faults.push(
        `refund ${refund.id} is ${refund.state} (${refund.problem}), at the channel ${there?.status ?? 'none'}`,
      );
    if (there !== undefined && parseYuan(there.amount) !== refund.amount)
      faults.push(`refund ${refund.id} is over another amount than at the channel (${there.amount})`);
  }
  for (const number of trueRefunds.keys()) faults.push(`the channel has a refund ${number} that we have not`);
  const given = sumOf(order.refunds, 'SUCCEEDED');
  if (given !== order.refunded || given > order.amount)
    faults.push(`${given} were given back, and the order says ${order.refunded} of ${order.amount}`);
  if (order.refunding !== sumOf(order.refunds, 'PROCESSING'))
    faults.push(`${order.refunding} are promised to refunds that are not under way`);
  return faults;
}

/** A wallet has what was credited, less what was given back and what is set aside to be given back. */
function judgeWallets(orders: readonly OurOrder[], wallets: ReadonlyMap<string, WalletView>): Fault[] {
  const faults: Fault[] = [];
  for (const [merchantId, wallet] of wallets) {
    const own = orders.filter((order) => order.merchantId === merchantId && order.state === 'CREDITED');
    const expected = {
      merchant_cash: total(own, ({ amount, refunded, refunding }) => amount - refunded - refunding),
      merchant_bonus: total(own, ({ bonus, clawedBack }) => bonus - clawedBack),
    };
    for (const [kind, balance] of Object.entries(expected)) {
      const account = wallet.accounts.find((candidate) => candidate.kind === kind);
      const found = parseYuan(account?.balance ?? '0.00');
      if (found !== balance)
        faults.push({
          orderId: null,
          what: `merchant ${merchantId} has ${found} in ${kind}, not ${balance} micro-yuan`,
        });
    }
  }
  return faults;
}

/** Counts for the summary. */
export function outcomesOf(orders: readonly OurOrder[]): Outcomes {
  const counts: Record<string, number> = {};
  const count = (kind: string) => (counts[kind] = (counts[kind] ?? 0) + 1);
  for (const order of orders) {
    if (order.state === 'CREDITED') count(order.paidLate ? 'credited late' : 'credited');
    else count(order.state.toLowerCase());
    for (const { state } of order.attempts) {
      if (state === 'DUPLICATED') count('paid twice');
      if (state === 'CONFLICTED') count('in conflict');
    }
    for (const { kind, state, problem } of order.refunds) {
      if (state === 'PROCESSING') count(`refunds waiting (${problem})`);
      else count(`${kind} refunds ${state.toLowerCase()}`);
    }
  }
  return counts;
}

function paidOf(trade: TrueTrade | undefined): bigint | null {
  const paidAmount = trade?.paidAmount ?? null;
  return paidAmount === null ? null : parseYuan(paidAmount);
}

const sumOf = (refunds: readonly OurRefund[], state: OurRefund['state']): bigint =>
  total(
    refunds.filter((refund) => refund.kind === 'merchant' && refund.state === state),
    ({ amount }) => amount,
  );

const total = <Item>(items: readonly Item[], amountOf: (item: Item) => bigint): bigint =>
  items.reduce((sum, item) => sum + amountOf(item), 0n);
