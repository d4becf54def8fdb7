import { CHAIN_INVARIANTS } from './chain-invariants.js';
import { HOLD_INVARIANTS } from './hold-invariants.js';
import type { Invariant } from './invariant.js';
import { LEDGER_INVARIANTS } from './ledger-invariants.js';
import { MONEY_INVARIANTS } from './money-invariants.js';
import { OPERATOR_INVARIANTS } from './operator-invariants.js';
import { PAYMENT_INVARIANTS } from './payment-invariants.js';
import { REFUND_INVARIANTS } from './refund-invariants.js';
import { TRANSIT_INVARIANTS } from './transit-invariants.js';
import { WITHDRAWAL_INVARIANTS } from './withdrawal-invariants.js';

/** Everything that the audit looks at, in the order in which it is printed. */
export const INVARIANTS: readonly Invariant[] = [
  ...LEDGER_INVARIANTS,
  ...CHAIN_INVARIANTS,
  ...TRANSIT_INVARIANTS,
  ...PAYMENT_INVARIANTS,
  ...REFUND_INVARIANTS,
  ...MONEY_INVARIANTS,
  ...OPERATOR_INVARIANTS,
  ...HOLD_INVARIANTS,
  ...WITHDRAWAL_INVARIANTS,
];
