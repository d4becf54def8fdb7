import type { FieldError } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import { type WithdrawalRow, netOf } from '../withdrawals/withdrawal-row.js';
import type { BankResult } from './bank-results.js';

/**
 * What a line of the bank's means for a withdrawal as it stands. BOUNCED: it came back before anybody had told us that it was
 * paid, so the money was never booked as gone.
 */
export type BankChange = 'PAID' | 'FAILED' | 'BOUNCED' | 'RETURNED' | 'known';

/** Pure. @returns undefined, with an error that names the line, when it can't be true. */
export function bankChangeOf(
  { line, amount, outcome, reference }: BankResult,
  row: WithdrawalRow | undefined,
  errors: FieldError[],
): BankChange | undefined {
  const bad = (column: string, message: string) => {
    errors.push({ field: `lines.${line}.${column}`, message });
    return undefined;
  };
  if (!row?.bank_batch_id) return bad('withdrawal_id', 'is of no payout that a bank was told to make');
  if (amount !== netOf(row)) return bad('amount', `must be ${formatYuan(netOf(row))}`);
  const { state, bank_reference: known } = row;
  const hasBounced = state === 'FAILED' && row.problem === 'RETURNED_BY_BANK';
  switch (outcome) {
    case 'PAID':
      if (state === 'PAYING') return 'PAID';
      // Files may come in any order.
      if (hasBounced) return 'known';
      if (state !== 'PAID' && state !== 'RETURNED') break;
      if (known === null || known === reference) return 'known';
      return bad('bank_reference', `is ${known} already: was it paid twice?`);
    case 'FAILED':
      if (state === 'PAYING') return 'FAILED';
      if (state === 'FAILED' && !hasBounced) return 'known';
      break;
    case 'RETURNED':
      if (state === 'PAYING') return 'BOUNCED';
      if (state === 'PAID') return 'RETURNED';
      if (state === 'RETURNED' || hasBounced) return 'known';
      break;
  }
  return bad('outcome', `can't be ${outcome}: the withdrawal is ${state}`);
}
