import { describe, expect, it } from '@jest/globals';
import { type ActionFacts, actionsFor, writeOffAmount } from './difference-actions.js';

const facts = (wish: Partial<ActionFacts> = {}): ActionFacts => ({
  kind: 'ONLY_AT_CHANNEL',
  state: 'OPEN',
  subject: 'payment',
  attemptId: '7',
  ourState: null,
  channelAmount: 50_000_000n,
  channelFee: 300_000n,
  ourAmount: null,
  ourFee: null,
  ...wish,
});

describe('what may be done with a difference', () => {
  it.each<[string, Partial<ActionFacts>, string[]]>([
    ['a payment of ours that only the channel has', {}, ['accept', 'repair', 'refund', 'write_off']],
    ['a payment of nobody here', { attemptId: null }, ['accept', 'write_off']],
    ['a refund that the channel made by itself', { subject: 'refund' }, ['accept', 'write_off']],
    ['a payment that only we have', { kind: 'ONLY_HERE', ourAmount: 5n }, ['accept', 'repair', 'write_off']],
    [
      'the same while it is carried',
      { kind: 'ONLY_HERE', state: 'CARRIED', ourAmount: 5n },
      ['accept', 'repair', 'write_off'],
    ],
    ['another amount', { kind: 'AMOUNT_DIFFERS', ourAmount: 1n }, ['accept', 'write_off']],
    ['another state', { kind: 'STATE_DIFFERS', subject: 'refund' }, ['accept', 'repair', 'write_off']],
    ['another fee', { kind: 'FEE_DIFFERS' }, ['accept', 'repair']],
    ['nothing to write off', { attemptId: null, channelAmount: 300_000n }, ['accept']],
  ])('%s', (_words, wish, actions) => {
    expect(actionsFor(facts(wish))).toEqual(actions);
  });

  it.each(['REPAIRED', 'ACCEPTED', 'REFUNDED', 'APPROVAL_PENDING', 'WRITTEN_OFF', 'EXPLAINED'] as const)(
    'is nothing once it is %s',
    (state) => {
      expect(actionsFor(facts({ state }))).toEqual([]);
    },
  );
});

describe('how much more of our money the channel has than the book says', () => {
  it.each<[string, Partial<ActionFacts>, bigint]>([
    ['a payment that only it has, less its fee', {}, 49_700_000n],
    ['a refund that only it has', { subject: 'refund', channelFee: 0n }, -50_000_000n],
    [
      'a payment that only we have',
      { kind: 'ONLY_HERE', channelAmount: null, channelFee: null, ourAmount: 50_000_000n, ourFee: 300_000n },
      -49_700_000n,
    ],
    [
      'a refund that only we have',
      {
        kind: 'ONLY_HERE',
        subject: 'refund',
        channelAmount: null,
        channelFee: null,
        ourAmount: 20_000_000n,
        ourFee: 0n,
      },
      20_000_000n,
    ],
    ['a payment of more', { kind: 'AMOUNT_DIFFERS', ourAmount: 49_000_000n }, 1_000_000n],
    ['a refund of more', { kind: 'AMOUNT_DIFFERS', subject: 'refund', ourAmount: 49_000_000n }, -1_000_000n],
    [
      'a refund done there and failed here',
      {
        kind: 'STATE_DIFFERS',
        subject: 'refund',
        ourState: 'FAILED',
        ourAmount: 50_000_000n,
        channelFee: 0n,
      },
      -50_000_000n,
    ],
    [
      'a refund done here and failed there',
      { kind: 'STATE_DIFFERS', subject: 'refund', ourState: 'SUCCEEDED', ourAmount: 50_000_000n, ourFee: 0n },
      50_000_000n,
    ],
    ['a fee, which is booked and never written off', { kind: 'FEE_DIFFERS' }, 0n],
  ])('%s', (_words, wish, amount) => {
    expect(writeOffAmount(facts(wish))).toBe(amount);
  });
});
