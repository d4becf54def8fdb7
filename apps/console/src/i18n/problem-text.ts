import { useTranslation } from 'react-i18next';
import { ApiProblem, type FieldProblem, type ProblemCode } from '../api/problem';
import { formatYuan } from '../money/yuan';
import type { Dictionary } from './en';

interface ProblemText {
  readonly title: string;
  readonly advice: string | undefined;
}

/** Says a problem in the reader's language; the API itself speaks English. */
export function useProblemText(): (error: unknown) => ProblemText {
  const { t } = useTranslation();
  const adviceOf = (problem: ApiProblem): string | undefined => {
    if (problem.retryAfterSeconds !== null) {
      return t('problem.advice.waitSeconds', { count: problem.retryAfterSeconds });
    }
    const advice = ADVICE[problem.code];
    return advice && t(`problem.advice.${advice}`);
  };
  return (error) =>
    error instanceof ApiProblem
      ? { title: t(`problem.codes.${error.code}`), advice: adviceOf(error) }
      : { title: t('problem.unknown'), advice: t('problem.advice.reload') };
}

const ADVICE: Partial<Record<ProblemCode, keyof Dictionary['problem']['advice']>> = {
  RATE_LIMITED: 'waitAndRetry',
  INTERNAL: 'waitAndRetry',
  UNAVAILABLE: 'waitAndRetry',
  OVERLOADED: 'waitAndRetry',
  CHANNEL_UNAVAILABLE: 'waitAndRetry',
  WALLET_BUSY: 'waitAndRetry',
  TIMEOUT: 'waitAndRetry',
  UNREACHABLE: 'checkConnection',
  EMAIL_TAKEN: 'signInInstead',
  BAD_CREDENTIALS: 'checkSpelling',
  CONFLICT: 'reload',
  DUPLICATE_SUBMIT: 'seeOrders',
};

/** What the API says about a field, where the reader's language has words for it. */
export function useFieldText(): (problem: FieldProblem) => string {
  const { t } = useTranslation();
  return ({ message }) => {
    const range = /^must be from ([\d.]+) to ([\d.]+) yuan$/.exec(message);
    if (range)
      return t('problem.fields.amountRange', {
        min: formatYuan(range[1] ?? '0'),
        max: formatYuan(range[2] ?? '0'),
      });
    const left = /^([\d.]+) yuan are left (today|this month)$/.exec(message);
    if (left)
      return t(left[2] === 'today' ? 'problem.fields.leftToday' : 'problem.fields.leftThisMonth', {
        amount: formatYuan(left[1] ?? '0'),
      });
    const known = FIELD_MESSAGES.find(([sentence]) => message.startsWith(sentence));
    return known ? t(`problem.fields.${known[1]}`) : message;
  };
}

const FIELD_MESSAGES = [
  ['is taken', 'emailTaken'],
  // Before the shorter sentence that it begins with.
  ['must be an email address, a mobile number', 'payoutNumberAlipay'],
  ['must be an email address', 'email'],
  ['must be an openid', 'payoutNumberWechat'],
  ['must be the 12 to 19 digits', 'payoutNumberBank'],
  ['has a digit that is wrong', 'checkDigit'],
  ['only ', 'countPerDay'],
  ['is more than what is available', 'moreThanAvailable'],
  ['must have at least 8 characters', 'passwordShort'],
  ['must have at most 128 characters', 'passwordLong'],
  ['must be a decimal string in yuan', 'amountFormat'],
  ['must be whole fen', 'amountFormat'],
  ['must be more than zero', 'amountZero'],
] as const;
