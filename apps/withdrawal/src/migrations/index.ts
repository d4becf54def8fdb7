import { Withdrawals1764374400003 } from './1-withdrawals.js';
import { PayoutAccounts1764374400004 } from './2-payout-accounts.js';
import { PayoutCalls1764374400005 } from './3-payout-calls.js';

/** In the order in which they run. */
export const WITHDRAWAL_MIGRATIONS = [
  Withdrawals1764374400003,
  PayoutAccounts1764374400004,
  PayoutCalls1764374400005,
];
