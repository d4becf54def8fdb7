import type { withdrawal } from '#libs/contracts';
import type { Transitions } from '#libs/states';

/**
 * Where a withdrawal may go from each state. PAYING stays while nobody knows what channel or bank did. Whatever ends
 * without a payment gives back to the wallet what it holds.
 */
export const WITHDRAWAL_TRANSITIONS = {
  REQUESTED: ['IN_REVIEW', 'REFUSED'],
  IN_REVIEW: ['APPROVED', 'REJECTED', 'CANCELLED'],
  APPROVED: ['PAYING', 'CANCELLED'],
  PAYING: ['PAID', 'FAILED', 'CANCELLED'],
  // Hours or days later, by the channel's or the bank's word.
  PAID: ['RETURNED'],
  REFUSED: [],
  REJECTED: [],
  CANCELLED: [],
  FAILED: [],
  RETURNED: [],
} as const satisfies Transitions<withdrawal.WithdrawalState>;

/** How the wallet's hold ends in each end state: taken, or let go. Null: nothing is held, or nothing has ended. */
export const HOLD_ENDS = {
  REQUESTED: null,
  IN_REVIEW: null,
  APPROVED: null,
  PAYING: null,
  PAID: 'PAID',
  // It was paid before it came back.
  RETURNED: 'PAID',
  REFUSED: null,
  REJECTED: 'RELEASED',
  CANCELLED: 'RELEASED',
  FAILED: 'RELEASED',
} as const satisfies Record<withdrawal.WithdrawalState, 'PAID' | 'RELEASED' | null>;

/** What counts towards the limits of a day and a month: what was not given up. */
export const COUNTED_STATES: readonly withdrawal.WithdrawalState[] = [
  'REQUESTED',
  'IN_REVIEW',
  'APPROVED',
  'PAYING',
  'PAID',
];
