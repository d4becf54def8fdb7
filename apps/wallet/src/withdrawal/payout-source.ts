import type { withdrawal } from '#libs/contracts';
import { ALIPAY_CLEARING, BANK, type SystemAccount, WECHAT_CLEARING } from '../ledger/chart-of-accounts.js';

/** What a payout is paid from: what the channel owes us, or our account at the bank. */
export const PAYOUT_SOURCE: Readonly<Record<withdrawal.PayoutMethod, SystemAccount>> = {
  alipay: ALIPAY_CLEARING,
  wechat: WECHAT_CLEARING,
  bank: BANK,
};

/** One key for both ends of a hold: it is paid or let go, whichever is decided first, and never both. */
export const WITHDRAWAL_SETTLEMENT_SCOPE = 'withdrawal_settlement';
