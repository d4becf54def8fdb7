import { describe, expect, it } from '@jest/globals';
import { withdrawal } from '#libs/contracts';
import { HOLD_ENDS, WITHDRAWAL_TRANSITIONS } from './withdrawal-states.js';

const states = withdrawal.withdrawalState.options;

/** Every state that can be reached from another one, itself included. */
function reachableFrom(state: withdrawal.WithdrawalState): Set<withdrawal.WithdrawalState> {
  const found = new Set([state]);
  for (const from of found) for (const to of WITHDRAWAL_TRANSITIONS[from]) found.add(to);
  return found;
}

describe('the states of a withdrawal', () => {
  it('can all be reached', () => {
    expect([...reachableFrom('REQUESTED')].toSorted()).toEqual([...states].toSorted());
  });

  it('say what becomes of the hold wherever nothing more happens, but where nothing was held', () => {
    const ends = states.filter((state) => WITHDRAWAL_TRANSITIONS[state].length === 0);
    expect(ends.filter((state) => HOLD_ENDS[state] === null)).toEqual(['REFUSED']);
  });

  it('never let go of what was paid, nor pay what was let go', () => {
    const ended = states.filter((state) => HOLD_ENDS[state] !== null);
    const later = ended.map((state) => new Set([...reachableFrom(state)].map((next) => HOLD_ENDS[next])));
    expect(later).toEqual(ended.map((state) => new Set([HOLD_ENDS[state]])));
  });
});
