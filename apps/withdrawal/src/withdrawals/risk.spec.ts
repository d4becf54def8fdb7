import { expect, it } from '@jest/globals';
import { type RiskFacts, riskFlagsOf } from './risk.js';

const thresholds = { largeFrom: 1_000n, manyFrom: 3 };
const known: RiskFacts = {
  amount: 999n,
  paidToThisAccount: 1,
  otherOwnersOfThisAccount: 0,
  askedInLastDay: 2,
  failedInLastMonth: 0,
};

it('an owner who is known, with an amount as always, raises no flag', () => {
  expect(riskFlagsOf(known, thresholds)).toEqual([]);
});

it.each([
  ['FIRST_TO_THIS_ACCOUNT', { paidToThisAccount: 0 }],
  ['ACCOUNT_SHARED_WITH_OTHERS', { otherOwnersOfThisAccount: 1 }],
  ['LARGE', { amount: 1_000n }],
  ['MANY_RECENTLY', { askedInLastDay: 3 }],
  ['FAILED_RECENTLY', { failedInLastMonth: 1 }],
])('%s is raised by %j alone', (flag, facts) => {
  expect(riskFlagsOf({ ...known, ...facts }, thresholds)).toEqual([flag]);
});
