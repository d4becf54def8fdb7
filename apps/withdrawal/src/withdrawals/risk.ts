import type { withdrawal } from '#libs/contracts';

/** What is known about an owner and a payout account when money is asked for. */
export interface RiskFacts {
  readonly amount: bigint;
  readonly paidToThisAccount: number;
  readonly otherOwnersOfThisAccount: number;
  readonly askedInLastDay: number;
  readonly failedInLastMonth: number;
}

export interface RiskThresholds {
  /** Micro-yuan. */
  readonly largeFrom: bigint;
  readonly manyFrom: number;
}

/** Pure. Each flag is a question for whoever approves; none of them refuses anything by itself. */
export function riskFlagsOf(facts: RiskFacts, thresholds: RiskThresholds): withdrawal.RiskFlag[] {
  const rules: readonly (readonly [withdrawal.RiskFlag, boolean])[] = [
    ['FIRST_TO_THIS_ACCOUNT', facts.paidToThisAccount === 0],
    ['ACCOUNT_SHARED_WITH_OTHERS', facts.otherOwnersOfThisAccount > 0],
    ['LARGE', facts.amount >= thresholds.largeFrom],
    ['MANY_RECENTLY', facts.askedInLastDay >= thresholds.manyFrom],
    ['FAILED_RECENTLY', facts.failedInLastMonth > 0],
  ];
  return rules.filter(([, applies]) => applies).map(([flag]) => flag);
}
