import type { payment } from '#libs/contracts';
import { Seeded } from './seeded.js';
import { planWithdrawals, type WithdrawalPlan } from './withdrawals/withdrawal-plan.js';

/** What the buyer of an order does. */
export const CONDUCTS = {
  pays: 62,
  /** By two ways at the same moment. */
  paysTwice: 9,
  /** Orders a second way, and pays by it. */
  changesTheWay: 4,
  walksAway: 6,
  closes: 4,
  /** At the same moment. */
  closesWhilePaying: 6,
  /** The order was closed, and the channel takes the money all the same. */
  paysAfterClosing: 4,
  /** The same, when it has expired. */
  paysAfterExpiry: 3,
  paysAnotherAmount: 3,
} as const;
export type Conduct = keyof typeof CONDUCTS;

/** What the merchant gives back once it is credited. */
export const GIVING_BACK = {
  nothing: 60,
  aPart: 14,
  all: 10,
  inTwoParts: 6,
  /** The same request, three times at once. */
  aPartRepeatedly: 4,
  /** Two requests at once that together are more than was paid. */
  tooMuchAtOnce: 6,
} as const;
export type GivingBack = keyof typeof GIVING_BACK;

export interface Way {
  readonly channel: payment.ChannelName;
  readonly method: payment.PayMethod;
}

export interface PaymentPlan {
  readonly number: number;
  readonly merchant: number;
  readonly amountFen: number;
  /** The first, and the one that is opened beside it when the buyer has two. */
  readonly ways: readonly [Way, Way];
  readonly conduct: Conduct;
  readonly givingBack: GivingBack;
  /** Taken with the order: its bonus comes with the credit, and goes with what is given back. */
  readonly takesOffer: boolean;
  /** Paid and at once beyond any refund. */
  readonly finished: boolean;
  /** Whether an operator gives it back should it end in conflict. */
  readonly conflictIsSettled: boolean;
}

export const KILLED = ['payment', 'wallet', 'gateway', 'withdrawal'] as const;

/** When that many payments have been begun. */
export type Disaster = { readonly atPayment: number } & (
  | { readonly kind: 'kill'; readonly service: (typeof KILLED)[number]; readonly replica: number }
  | { readonly kind: 'flushall' }
);

export interface ChaosPlan {
  readonly payments: readonly PaymentPlan[];
  /** In the order in which they begin. */
  readonly withdrawals: readonly WithdrawalPlan[];
  readonly disasters: readonly Disaster[];
  readonly faultRates: Readonly<Record<string, number>>;
}

export const MERCHANTS = 20;
const KILLS_PER_PAYMENT = 1 / 150;

/** The middle of what each trouble's share may be; with the seed it is half of that to one and a half. */
const FAULT_RATES = {
  notifyNever: 0.12,
  notifyTampered: 0.04,
  notifyLate: 0.06,
  notifyDuplicate: 0.08,
  notifyOutOfOrder: 0.06,
  wrongAmount: 0.01,
  serverError: 0.02,
  systemError: 0.02,
  unsignedError: 0.015,
  timeoutAfterWork: 0.01,
  tamperedReply: 0.015,
  paidAfterClose: 0.2,
  refundInProcess: 0.1,
  refundAbnormal: 0.04,
  refundClosed: 0.05,
  notEnough: 0.08,
} as const;

/** Everything that is left to chance, decided beforehand. */
export function planChaos(seed: number, payments: number, ways: readonly Way[]): ChaosPlan {
  const dice = new Seeded(`clearbid chaos ${seed}`);
  return {
    payments: Array.from({ length: payments }, (_, number) =>
      planPayment(number, dice.of(`payment ${number}`), ways),
    ),
    withdrawals: planWithdrawals(dice.of('withdrawals'), payments),
    disasters: planDisasters(dice.of('disasters'), payments),
    faultRates: planFaults(dice.of('faults')),
  };
}

function planPayment(number: number, dice: Seeded, ways: readonly Way[]): PaymentPlan {
  return {
    number,
    merchant: dice.between(0, MERCHANTS - 1),
    amountFen: dice.between(100, 30_000),
    ways: [dice.pick(ways), dice.pick(ways)],
    conduct: dice.weighed(CONDUCTS),
    givingBack: dice.weighed(GIVING_BACK),
    takesOffer: dice.chance(0.4),
    finished: dice.chance(0.02),
    conflictIsSettled: dice.chance(0.5),
  };
}

function planDisasters(dice: Seeded, payments: number): Disaster[] {
  const when = () => dice.between(Math.floor(payments * 0.05), Math.floor(payments * 0.95));
  const count = Math.max(KILLED.length, Math.round(payments * KILLS_PER_PAYMENT));
  const kills = Array.from({ length: count }, (_, number) => ({
    kind: 'kill' as const,
    atPayment: when(),
    // Each of them at least once.
    service: KILLED[number] ?? dice.pick(KILLED),
    replica: dice.between(0, 1),
  }));
  const flush = {
    kind: 'flushall' as const,
    atPayment: dice.between(Math.floor(payments * 0.3), Math.floor(payments * 0.7)),
  };
  return [...kills, flush].sort((one, other) => one.atPayment - other.atPayment);
}

function planFaults(dice: Seeded): Record<string, number> {
  return Object.fromEntries(
    Object.entries(FAULT_RATES).map(([kind, rate]) => [kind, rate * (0.5 + dice.next())]),
  );
}
