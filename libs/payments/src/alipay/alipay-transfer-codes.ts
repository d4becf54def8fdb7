import type { withdrawal } from '#libs/contracts';

/**
 * Codes of transfers whose meaning is certain: nothing was paid. `alipay.fund.trans.uni.transfer` answers with them, and
 * `common.query` tells them of a transfer that has failed. Any other one is neither success nor failure.
 */
const PROBLEMS: Readonly<Record<string, withdrawal.PayoutProblem>> = {
  PAYEE_NOT_EXIST: 'PAYEE_NOT_FOUND',
  PAYEE_ACCOUNT_NOT_EXSIT: 'PAYEE_NOT_FOUND',
  // Several accounts answer to that mobile number.
  PAYEE_ACC_OCUPIED: 'PAYEE_NOT_FOUND',
  PAYEE_USER_INFO_ERROR: 'PAYEE_NAME_WRONG',
  PAYEE_ACCOUNT_STATUS_ERROR: 'PAYEE_NOT_ABLE',
  PAYEE_USERINFO_STATUS_ERROR: 'PAYEE_NOT_ABLE',
  PAYEE_NOT_RELNAME_CERTIFY: 'PAYEE_NOT_ABLE',
  PAYEE_USER_TYPE_ERROR: 'PAYEE_NOT_ABLE',
  PERM_AML_NOT_REALNAME_REV: 'PAYEE_NOT_ABLE',
  PERMIT_NON_BANK_LIMIT_PAYEE: 'PAYEE_NOT_ABLE',
  PERMIT_LIMIT_PAYEE: 'PAYEE_NOT_ABLE',
  RELEASE_USER_FORBBIDEN_RECIEVE: 'PAYEE_NOT_ABLE',
  BLOCK_USER_FORBBIDEN_RECIEVE: 'PAYEE_NOT_ABLE',
  TRUSTEESHIP_RECIEVE_QUOTA_LIMIT: 'LIMIT_OF_CHANNEL',
  PAYEE_TRUSTEESHIP_ACC_OVER_LIMIT: 'LIMIT_OF_CHANNEL',
  PERM_PAY_CUSTOMER_DAILY_QUOTA_ORG_BALANCE_LIMIT: 'LIMIT_OF_CHANNEL',
  PERM_PAY_CUSTOMER_MONTH_QUOTA_ORG_BALANCE_LIMIT: 'LIMIT_OF_CHANNEL',
  CERT_MISS_TRANS_LIMIT: 'LIMIT_OF_CHANNEL',
  PAYER_BALANCE_NOT_ENOUGH: 'SHORT_OF_FUNDS',
  BALANCE_IS_NOT_ENOUGH: 'SHORT_OF_FUNDS',
  INVALID_PARAMETER: 'REFUSED_BY_CHANNEL',
  MEMO_REQUIRED_IN_TRANSFER_ERROR: 'REFUSED_BY_CHANNEL',
  REMARK_HAS_SENSITIVE_WORD: 'REFUSED_BY_CHANNEL',
  PAYER_PAYEE_CANNOT_SAME: 'REFUSED_BY_CHANNEL',
  PAYER_STATUS_ERROR: 'REFUSED_BY_CHANNEL',
  PAYER_DATA_INCOMPLETE: 'REFUSED_BY_CHANNEL',
  PAYER_CERT_EXPIRED: 'REFUSED_BY_CHANNEL',
  PAYCARD_UNABLE_PAYMENT: 'REFUSED_BY_CHANNEL',
  PERMIT_PAYER_FORBIDDEN: 'REFUSED_BY_CHANNEL',
  PERMIT_PAYER_LOWEST_FORBIDDEN: 'REFUSED_BY_CHANNEL',
  PERMIT_CHECK_PERM_LIMITED: 'REFUSED_BY_CHANNEL',
  PERMIT_CHECK_PERM_IDENTITY_THEFT: 'REFUSED_BY_CHANNEL',
  SECURITY_CHECK_FAILED: 'REFUSED_BY_CHANNEL',
};
/** One for each kind of limit: in a single transfer, in a day, in a month, of persons and of enterprises. */
const LIMITS_PREFIX = 'EXCEED_LIMIT_';

/** What a code says of a transfer that was not made; undefined for a code whose meaning nobody knows. */
export function problemOf(code: string): withdrawal.PayoutProblem | undefined {
  if (code.startsWith(LIMITS_PREFIX)) return 'LIMIT_OF_CHANNEL';
  // Own entries only: a code such as `constructor` is in every object, and means nothing.
  return Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined;
}
