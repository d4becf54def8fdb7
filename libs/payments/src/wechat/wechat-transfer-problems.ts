import type { withdrawal } from '#libs/contracts';

type Problem = withdrawal.PayoutProblem;

/**
 * `fail_reason` of a transfer that has failed, and codes that one is refused with. What is not here has failed for
 * reasons of ours or WeChat Pay's own (a scene that is not granted, a risk that it sees).
 */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  OPENID_INVALID: 'PAYEE_NOT_FOUND',
  OPENID_ERROR: 'PAYEE_NOT_FOUND',
  OPENID_MISMATCH: 'PAYEE_NOT_FOUND',
  ACCOUNT_NOT_EXIST: 'PAYEE_NOT_FOUND',
  NAME_NOT_CORRECT: 'PAYEE_NAME_WRONG',
  NAME_MISMATCH: 'PAYEE_NAME_WRONG',
  ID_CARD_NOT_CORRECT: 'PAYEE_NAME_WRONG',
  ACCOUNT_FROZEN: 'PAYEE_NOT_ABLE',
  REAL_NAME_CHECK_FAIL: 'PAYEE_NOT_ABLE',
  PAYEE_ACCOUNT_ABNORMAL: 'PAYEE_NOT_ABLE',
  REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED: 'PAYEE_NOT_ABLE',
  USER_ACCOUNT_ABNORMAL: 'PAYEE_NOT_ABLE',
  // A day without the payee's confirmation.
  OVERDUE_CLOSE: 'PAYEE_DID_NOT_CONFIRM',
  TRANSFER_QUOTA_EXCEED: 'LIMIT_OF_CHANNEL',
  DAY_RECEIVED_QUOTA_EXCEED: 'LIMIT_OF_CHANNEL',
  MONTH_RECEIVED_QUOTA_EXCEED: 'LIMIT_OF_CHANNEL',
  DAY_RECEIVED_COUNT_EXCEED: 'LIMIT_OF_CHANNEL',
  BLOCK_B2C_USERLIMITAMOUNT_MONTH: 'LIMIT_OF_CHANNEL',
  BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH: 'LIMIT_OF_CHANNEL',
  NOT_ENOUGH: 'SHORT_OF_FUNDS',
  NOTENOUGH: 'SHORT_OF_FUNDS',
};

/** WeChat Pay refuses with a general code where a failed transfer has a reason: only its words say which field it means. */
const WORDS: readonly (readonly [RegExp, Problem])[] = [
  [/openid/i, 'PAYEE_NOT_FOUND'],
  [/姓名/, 'PAYEE_NAME_WRONG'],
  [/限额|额度|上下限/, 'LIMIT_OF_CHANNEL'],
];

/** @returns undefined for what has no name of its own. */
export function problemOf(reason: string): Problem | undefined {
  // Own entries only: a reason such as `constructor` is in every object, and means nothing.
  return Object.hasOwn(PROBLEMS, reason) ? PROBLEMS[reason] : undefined;
}

/** Why a transfer is refused, which is certain; the words only choose its name. */
export function problemOfRefusal(code: string, message: string): Problem {
  const named = WORDS.find(([words]) => words.test(message))?.[1];
  return problemOf(code) ?? named ?? 'REFUSED_BY_CHANNEL';
}
