import { dayAfter } from '#libs/calendar';
import type { FieldError, RequestOf, wallet } from '#libs/contracts';

export type AdjustmentWish = RequestOf<typeof wallet.requestAdjustment>;

export interface AdjustmentDay {
  readonly now: Date;
  /** In Beijing. */
  readonly today: string;
  /** Days after which earnings stop being pending. */
  readonly maturityDays: number;
}

/** What a BIGINT holds; an id of 19 digits may be more. */
const MAX_ID = 2n ** 63n - 1n;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What is wrong with a wish, by field; empty when it may be asked for. Pure. */
export function problemsOf(wish: AdjustmentWish, day: AdjustmentDay): FieldError[] {
  return [
    ...ownerProblems(wish),
    ...partProblems(wish, day),
    ...(wish.purpose === 'bonus' ? bonusProblems(wish, day) : correctionProblems(wish)),
  ];
}

function ownerProblems({ ownerId }: AdjustmentWish): FieldError[] {
  if (BigInt(ownerId) <= MAX_ID) return [];
  return [{ field: 'ownerId', message: 'must be the id of an account: there is none so large' }];
}

function partProblems(
  { account, part }: AdjustmentWish,
  { today, maturityDays }: AdjustmentDay,
): FieldError[] {
  if (account !== 'traffic_pending') {
    return part === null ? [] : [{ field: 'part', message: `must be left out: ${account} has no parts` }];
  }
  const oldest = dayAfter(today, -maturityDays);
  // What is older has matured: nothing put there would ever be looked at again.
  if (part !== null && DAY.test(part) && part >= oldest && part <= today) return [];
  return [
    { field: 'part', message: `must be a day whose earnings are still pending: ${oldest} to ${today}` },
  ];
}

function bonusProblems({ account, amount, expiresAt }: AdjustmentWish, { now }: AdjustmentDay): FieldError[] {
  const problems: FieldError[] = [];
  if (account !== 'merchant_bonus')
    problems.push({ field: 'account', message: 'must be merchant_bonus: a bonus is granted to merchants' });
  if (amount < 0n)
    problems.push({ field: 'amount', message: 'must be more than zero: a bonus is a present' });
  if (expiresAt !== null && expiresAt <= now)
    problems.push({ field: 'expiresAt', message: 'must be in the future' });
  return problems;
}

function correctionProblems({ attachment, expiresAt }: AdjustmentWish): FieldError[] {
  const problems: FieldError[] = [];
  if (attachment === null)
    problems.push({ field: 'attachment', message: 'must be there: a correction is proved by a document' });
  if (expiresAt !== null)
    problems.push({ field: 'expiresAt', message: 'must be left out: only a bonus expires' });
  return problems;
}
