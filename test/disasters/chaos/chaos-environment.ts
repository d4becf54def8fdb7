import { FEE_BPS, TAX_BPS } from './withdrawals/withdrawal-verdict.js';

/** What differs from the quick settings of every test stack, by service. */
const ENVIRONMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  payment: {
    // The end waits for the last buyer who walks away: longer than buyers are patient, and no longer.
    RECHARGE_EXPIRY_SECONDS: '12',
    REFUND_RETRY_SECONDS: '0.1',
    RECONCILE_TODAY: 'true',
    RECONCILE_RETRY_SECONDS: '1',
  },
  // What is earned today can be withdrawn today.
  wallet: { MATURITY_DAYS: '0' },
  withdrawal: {
    WITHDRAWAL_FEE_BPS: String(FEE_BPS),
    WITHDRAWAL_TAX_BPS: String(TAX_BPS),
    WITHDRAWAL_TWO_APPROVALS_YUAN: '35.00',
    // A few owners ask for everything.
    WITHDRAWAL_DAY_COUNT: '1000000',
    WITHDRAWAL_DAY_YUAN: '100000000.00',
    WITHDRAWAL_MONTH_YUAN: '100000000.00',
    // What comes back after everything else is over has to be seen, too.
    PAYOUT_LOOK_AGAIN_SECONDS: '1,2,4,8,16,32,64,600',
  },
};

/** @param process such as `payment-1` */
export function environmentOf(process: string): Readonly<Record<string, string>> {
  return ENVIRONMENTS[process.split('-')[0] ?? ''] ?? {};
}
