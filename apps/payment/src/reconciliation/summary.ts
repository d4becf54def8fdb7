import type { payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';

/** What is printed of one account's day: what the bill has, what agrees, and each difference that waits for somebody. */
export function summaryOf(day: payment.Reconciliation, differences: readonly payment.Difference[]): string {
  const lines = [
    `${day.billDate}  ${day.accountId}  ${day.state}${day.message === null ? '' : `: ${day.message}`}`,
  ];
  if (day.state === 'DONE') {
    const counts = new Map<string, number>();
    for (const { kind, state } of differences) {
      const what = `${kind} ${state}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    lines.push(
      `  bill            ${day.billLines} lines, ${formatYuan(day.paidAmount)} yuan paid, ${formatYuan(day.refundedAmount)} refunded, ${formatYuan(day.feeAmount)} fees`,
      `  matched         ${day.paymentsMatched} payments, ${day.refundsMatched} refunds`,
      `  differences     ${day.differences}, of which ${day.openDifferences} open`,
      ...[...counts]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([what, count]) => `    ${what.padEnd(34)} ${count}`),
    );
  }
  for (const difference of differences.filter(waits)) {
    const order = difference.rechargeId === null ? '' : ` of recharge ${difference.rechargeId}`;
    lines.push(
      `  ! ${difference.id} ${difference.kind} ${difference.subject} ${difference.ourNumber ?? difference.channelNumber ?? '?'}${order}: ${difference.explanation}`,
    );
  }
  return lines.join('\n');
}

/** Somebody has to do something about it. */
export function waits({ state }: Pick<payment.Difference, 'state'>): boolean {
  return state === 'OPEN' || state === 'APPROVAL_PENDING';
}
