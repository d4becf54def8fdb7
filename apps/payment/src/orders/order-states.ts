import type { payment } from '#libs/contracts';
import type { Transitions } from '#libs/states';

/** Where an order may go from each state. Whatever is not here does not happen. */
export const ORDER_TRANSITIONS = {
  // Paid without ever having been PAYING: we died between the channel's answer and our note of it.
  CREATED: ['PAYING', 'PAID', 'CLOSED'],
  PAYING: ['PAID', 'CLOSED'],
  PAID: ['CREDITED'],
  CREDITED: [],
  // Paid late: still the buyer's money, still credited.
  CLOSED: ['PAID'],
} as const satisfies Transitions<payment.OrderState>;

/** Where an attempt may go from each state. A channel's word that it was paid overrules everything we believed. */
export const ATTEMPT_TRANSITIONS = {
  CREATED: ['PENDING', 'SUCCEEDED', 'CLOSED', 'FAILED', 'CONFLICTED', 'DUPLICATED'],
  PENDING: ['SUCCEEDED', 'CLOSED', 'FAILED', 'CONFLICTED', 'DUPLICATED'],
  CLOSED: ['SUCCEEDED', 'CONFLICTED', 'DUPLICATED'],
  FAILED: ['SUCCEEDED', 'CONFLICTED', 'DUPLICATED'],
  SUCCEEDED: [],
  CONFLICTED: [],
  DUPLICATED: [],
} as const satisfies Transitions<payment.AttemptState>;

/** Where a refund may go from each state. PROCESSING stays while nobody knows what the channel did. */
export const REFUND_TRANSITIONS = {
  // FAILED at once: the wallet had too little, and the channel was never asked.
  REQUESTED: ['PROCESSING', 'FAILED'],
  PROCESSING: ['SUCCEEDED', 'FAILED'],
  SUCCEEDED: [],
  FAILED: [],
} as const satisfies Transitions<payment.RefundState>;
