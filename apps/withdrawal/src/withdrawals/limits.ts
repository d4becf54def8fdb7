import { DomainError } from '#libs/contracts';
import { formatYuan } from '#libs/money';

/** In micro-yuan; days and months are Beijing's. */
export interface WithdrawalLimits {
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
  readonly amountPerDay: bigint;
  readonly amountPerMonth: bigint;
  readonly countPerDay: number;
}

/** What an owner has asked for already and not given up. */
export interface AskedBefore {
  readonly today: bigint;
  readonly thisMonth: bigint;
  readonly countToday: number;
}

const FEN = 10_000n;

/** @throws DomainError `AMOUNT_OUT_OF_RANGE` that names the field and says what is possible. */
export function assertAmount(amount: bigint, { minAmount, maxAmount }: WithdrawalLimits): void {
  const message =
    amount % FEN !== 0n
      ? 'must be whole fen'
      : amount < minAmount || amount > maxAmount
        ? `must be from ${formatYuan(minAmount)} to ${formatYuan(maxAmount)} yuan`
        : undefined;
  if (message === undefined) return;
  throw new DomainError('AMOUNT_OUT_OF_RANGE', `amount ${message}`, {
    errors: [{ field: 'amount', message }],
  });
}

/** @throws DomainError `WITHDRAWAL_LIMIT` that says which limit, and what is left of it. */
export function assertWithinLimits(amount: bigint, limits: WithdrawalLimits, before: AskedBefore): void {
  const left = leftOf(limits, before);
  const message =
    left.countLeftToday === 0
      ? `only ${limits.countPerDay} withdrawals a day are possible: come back tomorrow`
      : amount > left.leftToday
        ? `${formatYuan(left.leftToday)} yuan are left today`
        : amount > left.leftThisMonth
          ? `${formatYuan(left.leftThisMonth)} yuan are left this month`
          : undefined;
  if (message === undefined) return;
  throw new DomainError('WITHDRAWAL_LIMIT', `Of the limits for withdrawals, ${message}`, {
    errors: [{ field: 'amount', message }],
  });
}

export function leftOf(limits: WithdrawalLimits, before: AskedBefore) {
  const rest = (limit: bigint, asked: bigint) => (limit > asked ? limit - asked : 0n);
  return {
    minAmount: limits.minAmount,
    maxAmount: limits.maxAmount,
    leftToday: rest(limits.amountPerDay, before.today),
    leftThisMonth: rest(limits.amountPerMonth, before.thisMonth),
    countLeftToday: Math.max(0, limits.countPerDay - before.countToday),
  };
}
