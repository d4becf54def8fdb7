import { recipe } from '../ledger/recipe.js';
import { everythingOf } from '../ledger/transfer.js';

export interface DueEarnings {
  readonly ownerId: string;
  /** On which it was earned. */
  readonly day: string;
  /** Of the day's account, when it was seen to be due: what is earned later for that day matures by itself. */
  readonly version: number;
  /** On which this is done: what was refused while the account was stopped is tried again on the next. */
  readonly today: string;
}

/** All that was earned on a day becomes available. */
export const maturity = recipe<DueEarnings>({
  kind: 'maturity',
  invariant: 'a day that has matured has nothing pending',
  key: ({ ownerId, day, version, today }) => `${ownerId}:${day}:${version}:${today}`,
  reference: ({ day }) => day,
  legs: ({ ownerId, day }) =>
    everythingOf({ kind: 'traffic_pending', ownerId, part: day }, { kind: 'traffic_available', ownerId }),
});
