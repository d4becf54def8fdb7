import type { payment } from '#libs/contracts';
import type { StoredDifference } from './difference.js';

/** What a difference must tell to know what may be done with it. */
export type ActionFacts = Pick<
  StoredDifference,
  | 'kind'
  | 'state'
  | 'subject'
  | 'attemptId'
  | 'ourState'
  | 'channelAmount'
  | 'channelFee'
  | 'ourAmount'
  | 'ourFee'
>;

/** By what differs and whether it is about something of ours. */
const ACTIONS: Readonly<
  Record<payment.DifferenceKind, Readonly<Record<'ours' | 'foreign', readonly payment.DifferenceAction[]>>>
> = {
  // Money that no order of ours asked for can't be given back through an order.
  ONLY_AT_CHANNEL: { ours: ['accept', 'repair', 'refund', 'write_off'], foreign: ['accept', 'write_off'] },
  ONLY_HERE: { ours: ['accept', 'repair', 'write_off'], foreign: ['accept', 'write_off'] },
  AMOUNT_DIFFERS: { ours: ['accept', 'write_off'], foreign: ['accept', 'write_off'] },
  STATE_DIFFERS: { ours: ['accept', 'repair', 'write_off'], foreign: ['accept', 'write_off'] },
  // Booked by repairing it, never written off: a fee is an expense and not a loss.
  FEE_DIFFERS: { ours: ['accept', 'repair'], foreign: ['accept'] },
};

/** What may be done with a difference now. Pure; the guard of every operator's action and the console's buttons. */
export function actionsFor(difference: ActionFacts): payment.DifferenceAction[] {
  if (difference.state !== 'OPEN' && difference.state !== 'CARRIED') return [];
  return ACTIONS[difference.kind][difference.attemptId === null ? 'foreign' : 'ours'].filter((action) => {
    // A refund that the channel made by itself can't be given back once more.
    if (action === 'refund' || (action === 'repair' && difference.kind === 'ONLY_AT_CHANNEL')) {
      return difference.subject === 'payment';
    }
    return action !== 'write_off' || writeOffAmount(difference) !== 0n;
  });
}

/**
 * How much more (> 0) or less (< 0) of our money the channel has than our book says, in micro-yuan: what a write-off
 * books against the clearing account. Payments bring their amount less the fee; refunds take theirs less the fee that
 * is given back.
 */
export function writeOffAmount(difference: Omit<ActionFacts, 'attemptId' | 'state'>): bigint {
  const sign = difference.subject === 'payment' ? 1n : -1n;
  const there = (difference.channelAmount ?? 0n) - (difference.channelFee ?? 0n);
  const here = (difference.ourAmount ?? 0n) - (difference.ourFee ?? 0n);
  switch (difference.kind) {
    case 'ONLY_AT_CHANNEL':
      return sign * there;
    case 'ONLY_HERE':
      return sign * -here;
    case 'AMOUNT_DIFFERS':
      return sign * ((difference.channelAmount ?? 0n) - (difference.ourAmount ?? 0n));
    case 'STATE_DIFFERS':
      // The two that can be: given back there and not here, or here and not there.
      return difference.ourState === 'SUCCEEDED' ? sign * -here : sign * there;
    case 'FEE_DIFFERS':
      return 0n;
  }
}
