import { parse } from 'csv-parse/sync';
import { DomainError, type FieldError } from '#libs/contracts';
import { parseYuan } from '#libs/money';
import { withoutNumbers } from '../payout-accounts/account-number.js';

export const BANK_OUTCOMES = ['PAID', 'FAILED', 'RETURNED'] as const;

/** One line of what the bank answers. */
export interface BankResult {
  /** In the file, from 1 for the heading. */
  readonly line: number;
  readonly withdrawalId: string;
  /** Micro-yuan that the payee got, or should have. */
  readonly amount: bigint;
  readonly outcome: (typeof BANK_OUTCOMES)[number];
  readonly reference: string;
  readonly message: string;
}

const COLUMNS = ['withdrawal_id', 'amount', 'outcome', 'bank_reference', 'message'] as const;
const MAX_ERRORS = 50;

/**
 * Reads the bank's results. Pure.
 *
 * @throws DomainError `BANK_RESULTS_INVALID` that names each line and column; nothing of the file is usable then.
 */
export function readBankResults(csv: string): BankResult[] {
  const errors: FieldError[] = [];
  const results = rowsOf(csv).map(({ record, line }) => readLine(record, line, errors));
  const seen = new Map<string, number>();
  for (const { withdrawalId, line } of results) {
    const first = seen.get(withdrawalId);
    if (first !== undefined)
      errors.push({ field: `lines.${line}.withdrawal_id`, message: `stands in line ${first} already` });
    else seen.set(withdrawalId, line);
  }
  if (results.length === 0) errors.push({ field: 'csv', message: 'has no lines under its heading' });
  throwIfAny(errors);
  return results;
}

/** @throws DomainError that names what is wrong in which line, when anything is. */
export function throwIfAny(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (!first) return;
  throw new DomainError(
    'BANK_RESULTS_INVALID',
    `Nothing was imported. ${first.field}: ${first.message}${errors.length > 1 ? `, and ${errors.length - 1} more` : ''}`,
    { errors: errors.slice(0, MAX_ERRORS) },
  );
}

function rowsOf(csv: string): { record: Record<string, string>; line: number }[] {
  try {
    const rows = parse(csv, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      columns: true,
    }) as unknown as {
      record: Record<string, string>;
      info: { lines: number };
    }[];
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    throw new DomainError('BANK_RESULTS_INVALID', `This is no CSV: ${(error as Error).message}`, {
      errors: [{ field: 'csv', message: (error as Error).message }],
    });
  }
}

function readLine(record: Record<string, string>, line: number, errors: FieldError[]): BankResult {
  const bad = (column: (typeof COLUMNS)[number], message: string) =>
    errors.push({ field: `lines.${line}.${column}`, message });
  const text = (column: (typeof COLUMNS)[number]) => record[column] ?? '';
  for (const column of COLUMNS) if (record[column] === undefined) bad(column, 'is missing');
  const withdrawalId = text('withdrawal_id');
  if (!/^[1-9]\d{0,18}$/.test(withdrawalId)) bad('withdrawal_id', 'must be the id of a withdrawal');
  const outcome = BANK_OUTCOMES.find((known) => known === text('outcome'));
  if (!outcome) bad('outcome', `must be one of ${BANK_OUTCOMES.join(', ')}`);
  const reference = text('bank_reference');
  if (outcome === 'PAID' && (reference === '' || reference.length > 80))
    bad('bank_reference', 'must be the bank’s own number, up to 80 characters');
  let amount = 0n;
  try {
    amount = parseYuan(text('amount'));
  } catch (error) {
    bad('amount', (error as Error).message);
  }
  const message = withoutNumbers(text('message')).slice(0, 300);
  return { line, withdrawalId, amount, outcome: outcome ?? 'FAILED', reference, message };
}
