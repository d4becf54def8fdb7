import { describe, expect, it } from '@jest/globals';
import { payment } from '#libs/contracts';
import { sourcesOf } from '#libs/states';
import { ATTEMPT_TRANSITIONS, ORDER_TRANSITIONS, REFUND_TRANSITIONS } from './order-states.js';

type Transitions = Readonly<Record<string, readonly string[]>>;

/** Every way from a state to its end. */
function walksFrom(transitions: Transitions, state: string, walked: readonly string[] = []): string[][] {
  const walk = [...walked, state];
  const next = (transitions[state] ?? []).filter((to) => !walked.includes(to));
  return next.length === 0 ? [walk] : next.flatMap((to) => walksFrom(transitions, to, walk));
}

const everyWalk = (transitions: Transitions) =>
  Object.keys(transitions).flatMap((state) => walksFrom(transitions, state));

describe('an order', () => {
  it('knows where to go from every state that the contract has', () => {
    expect(Object.keys(ORDER_TRANSITIONS).sort()).toEqual([...payment.orderState.options].sort());
  });

  it.each<[payment.OrderState, payment.OrderState[]]>([
    ['CREATED', []],
    ['PAYING', ['CREATED']],
    ['PAID', ['CREATED', 'PAYING', 'CLOSED']],
    ['CREDITED', ['PAID']],
    ['CLOSED', ['CREATED', 'PAYING']],
  ])('becomes %s only from %p', (to, from) => {
    expect(sourcesOf(ORDER_TRANSITIONS, to).sort()).toEqual([...from].sort());
  });

  it('is never credited without having been paid right before, whichever way it takes', () => {
    const credited = everyWalk(ORDER_TRANSITIONS).filter(
      (walk) => walk.includes('CREDITED') && walk.length > 1,
    );
    expect(credited.length).toBeGreaterThan(3);
    for (const walk of credited) expect(walk.at(walk.indexOf('CREDITED') - 1)).toBe('PAID');
  });

  it('never leaves CREDITED, and never loses a payment again', () => {
    expect(ORDER_TRANSITIONS.CREDITED).toEqual([]);
    expect(ORDER_TRANSITIONS.PAID).toEqual(['CREDITED']);
  });

  it("can be paid as long as it is not, also when it was closed: it is still the buyer's money", () => {
    for (const state of ['CREATED', 'PAYING', 'CLOSED'] as const) {
      expect(ORDER_TRANSITIONS[state]).toContain('PAID');
    }
  });

  it('never comes back to a state that it has left', () => {
    for (const [state, next] of Object.entries(ORDER_TRANSITIONS)) {
      const reachable = next.flatMap((to) => walksFrom(ORDER_TRANSITIONS, to)).flat();
      expect(reachable).not.toContain(state);
    }
  });
});

describe('an attempt', () => {
  it('knows where to go from every state that the contract has', () => {
    expect(Object.keys(ATTEMPT_TRANSITIONS).sort()).toEqual([...payment.attemptState.options].sort());
  });

  it.each<[payment.AttemptState, payment.AttemptState[]]>([
    ['CREATED', []],
    ['PENDING', ['CREATED']],
    ['SUCCEEDED', ['CREATED', 'PENDING', 'CLOSED', 'FAILED']],
    ['CONFLICTED', ['CREATED', 'PENDING', 'CLOSED', 'FAILED']],
    ['DUPLICATED', ['CREATED', 'PENDING', 'CLOSED', 'FAILED']],
    ['CLOSED', ['CREATED', 'PENDING']],
    ['FAILED', ['CREATED', 'PENDING']],
  ])('becomes %s only from %p', (to, from) => {
    expect(sourcesOf(ATTEMPT_TRANSITIONS, to).sort()).toEqual([...from].sort());
  });

  it('is paid, in conflict or given back for good: no word of the channel takes that back by itself', () => {
    expect(ATTEMPT_TRANSITIONS.SUCCEEDED).toEqual([]);
    expect(ATTEMPT_TRANSITIONS.CONFLICTED).toEqual([]);
    expect(ATTEMPT_TRANSITIONS.DUPLICATED).toEqual([]);
  });
});

describe('a refund', () => {
  it('knows where to go from every state that the contract has', () => {
    expect(Object.keys(REFUND_TRANSITIONS).sort()).toEqual([...payment.refundState.options].sort());
  });

  it.each<[payment.RefundState, payment.RefundState[]]>([
    ['PROCESSING', ['REQUESTED']],
    ['SUCCEEDED', ['PROCESSING']],
    ['FAILED', ['REQUESTED', 'PROCESSING']],
  ])('becomes %s only from %p', (to, from) => {
    expect(sourcesOf(REFUND_TRANSITIONS, to).sort()).toEqual([...from].sort());
  });

  it('has an end that nobody takes back', () => {
    expect([REFUND_TRANSITIONS.SUCCEEDED, REFUND_TRANSITIONS.FAILED]).toEqual([[], []]);
  });
});
