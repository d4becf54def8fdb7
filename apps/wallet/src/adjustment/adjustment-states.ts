import type { wallet } from '#libs/contracts';
import type { Transitions } from '#libs/states';

/** Where an adjustment may go from each state. Whatever is not here does not happen. */
export const ADJUSTMENT_TRANSITIONS = {
  REQUESTED: ['APPROVED', 'REJECTED'],
  REJECTED: [],
  // The ledger's word: what it has refused stays refused, and is asked for anew.
  APPROVED: ['POSTED', 'REFUSED'],
  // Of a bonus with a day on which it ends.
  POSTED: ['EXPIRED'],
  REFUSED: [],
  EXPIRED: [],
} as const satisfies Transitions<wallet.AdjustmentState>;
