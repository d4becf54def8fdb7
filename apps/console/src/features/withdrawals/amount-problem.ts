import type { Schemas } from '../../api/client';
import type { Dictionary } from '../../i18n/en';
import { parseYuan } from '../../money/yuan';

type Limits = Schemas['WithdrawalLimits'];

interface AmountProblem {
  readonly key: keyof Pick<Dictionary['withdraw'], 'tooMuch' | 'overToday' | 'overMonth' | 'overCount'>;
  /** What is left of the limit that is passed. */
  readonly amount: string;
}

/** What stands in the way of an amount, as far as one knows before asking. The API has the last word. */
export function amountProblem(
  amount: string,
  available: string | undefined,
  limits: Limits | undefined,
): AmountProblem | null {
  const asked = parseYuan(amount);
  if (available !== undefined && asked > parseYuan(available)) return { key: 'tooMuch', amount: available };
  if (limits === undefined) return null;
  if (limits.countLeftToday === 0) return { key: 'overCount', amount: limits.leftToday };
  if (asked > parseYuan(limits.leftToday)) return { key: 'overToday', amount: limits.leftToday };
  if (asked > parseYuan(limits.leftThisMonth)) return { key: 'overMonth', amount: limits.leftThisMonth };
  return null;
}
