import type { Seeded } from '../seeded.js';

/** The share: one withdrawal begins with every fourth payment. */
export const PAYMENTS_PER_WITHDRAWAL = 4;
export const OWNERS = 8;
/** What each owner has earned before it begins. */
export const EARNED_BEFORE_FEN = 20_000;

/** How the owner asks for it. */
const ASKING = {
  once: 66,
  /** The same request three times at once, and once more. */
  repeatedly: 12,
  /** And then another amount under the same key. */
  anotherAmountUnderTheKey: 6,
  /** More than this owner has ever earned. */
  tooMuch: 6,
  /** More than anybody may withdraw at once. */
  beyondTheLimit: 2,
  /** The whole balance, from three windows at once. */
  everythingFromEverywhere: 8,
} as const;
export type Asking = keyof typeof ASKING;

/** Which of the owner's payout accounts. */
const PAYEES = {
  alipay: 44,
  wechat: 26,
  bank: 20,
  alipayInAnotherName: 5,
  wechatOfNobody: 5,
} as const;
export type PayeeKind = keyof typeof PAYEES;

/** What two operators make of it. */
const DECISIONS = {
  approve: 50,
  /** Both at the same moment, one of them twice. */
  approveAtOnce: 32,
  reject: 9,
  /** One approves and the other one rejects, at the same moment; then both approve what is left of it. */
  disagree: 9,
} as const;
export type Decision = keyof typeof DECISIONS;

/** When the owner wants it back. */
const CANCELLING = {
  never: 74,
  beforeTheDecision: 6,
  duringTheDecision: 8,
  /** After `cancelAfterMs`, wherever it is by then. */
  onItsWay: 12,
} as const;
export type Cancelling = keyof typeof CANCELLING;

/** The trouble that the channel has with this transfer. */
const TROUBLES = {
  none: 39,
  transferLate: 9,
  transferUnknown: 9,
  transferInProcess: 8,
  transferFails: 7,
  notEnough: 8,
  timeoutAfterWork: 4,
  /** By itself, a second after it had arrived. */
  transferReturned: 8,
  /** When everybody believes that it is over. */
  returnedLater: 8,
} as const;
type Trouble = keyof typeof TROUBLES;

/** What the bank makes of its line. */
const BANK_OUTCOMES = { PAID: 70, FAILED: 15, RETURNED: 15 } as const;
export type BankOutcome = keyof typeof BANK_OUTCOMES;

export interface WithdrawalPlan {
  readonly number: number;
  /** It begins with this payment. */
  readonly atPayment: number;
  readonly owner: number;
  /** Earned just before. A multiple of ten micro-yuan, so that its share needs no rounding. */
  readonly earnedMicros: bigint;
  readonly earnsTwice: boolean;
  readonly asking: Asking;
  readonly amountFen: number;
  readonly payee: PayeeKind;
  readonly decision: Decision;
  readonly cancelling: Cancelling;
  readonly cancelAfterMs: number;
  /** WeChat's payee. */
  readonly confirms: boolean;
  readonly trouble: Trouble;
  /** How the channel ends what it keeps in process. */
  readonly inProcessFails: boolean;
  readonly bankOutcome: BankOutcome;
  /** Whether operators bring a file to the bank after it, and how. */
  readonly bankDay: 'none' | 'one operator' | 'two operators';
}

export function planWithdrawals(dice: Seeded, payments: number): WithdrawalPlan[] {
  return Array.from({ length: Math.floor(payments / PAYMENTS_PER_WITHDRAWAL) }, (_, number) =>
    planWithdrawal(number, dice.of(number)),
  );
}

function planWithdrawal(number: number, dice: Seeded): WithdrawalPlan {
  return {
    number,
    atPayment: number * PAYMENTS_PER_WITHDRAWAL,
    owner: dice.between(0, OWNERS - 1),
    earnedMicros: BigInt(dice.between(1_000_000, 9_000_000)) * 10n,
    earnsTwice: dice.chance(0.3),
    asking: dice.weighed(ASKING),
    amountFen: dice.between(1_000, 6_000),
    payee: dice.weighed(PAYEES),
    decision: dice.weighed(DECISIONS),
    cancelling: dice.weighed(CANCELLING),
    cancelAfterMs: dice.between(0, 1_500),
    confirms: dice.chance(0.8),
    trouble: dice.weighed(TROUBLES),
    inProcessFails: dice.chance(0.4),
    bankOutcome: dice.weighed(BANK_OUTCOMES),
    bankDay: dice.chance(0.2) ? dice.pick(['one operator', 'two operators']) : 'none',
  };
}

/** What is ordered of the channel for one transfer. */
export function faultsOf({ trouble, payee }: WithdrawalPlan): Record<string, number> {
  if (payee === 'bank' || trouble === 'none' || trouble === 'returnedLater') return {};
  return { [trouble]: 1 };
}
