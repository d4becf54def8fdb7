import type { wallet } from '#libs/contracts';
import type { Transitions } from '#libs/states';

/** Where a settlement may go from each state. Whatever is not here does not happen. */
export const SETTLEMENT_TRANSITIONS = {
  RECORDED: ['POSTED', 'REFUSED'],
  POSTED: [],
  REFUSED: [],
} as const satisfies Transitions<wallet.SettlementState>;
