import type { withdrawal } from '#libs/contracts';

/** A withdrawal as it is stored. Amounts are micro-yuan, as decimal text. */
export interface WithdrawalRow {
  readonly id: string;
  readonly owner_id: string;
  readonly request_hash: Buffer;
  readonly state: withdrawal.WithdrawalState;
  readonly method: withdrawal.PayoutMethod;
  readonly payout_account_id: string;
  readonly masked_number: string;
  readonly masked_name: string;
  readonly amount: string;
  readonly fee: string;
  readonly tax: string;
  readonly risk_flags: string;
  readonly approvals_needed: number;
  readonly channel_account_id: string | null;
  readonly bank_batch_id: string | null;
  readonly bank_reference: string | null;
  readonly bank_name: string | null;
  readonly confirmation: string | null;
  readonly awaits_payee: number;
  readonly cancel_asked: number;
  readonly problem: withdrawal.PayoutProblem | null;
  readonly problem_message: string | null;
  readonly rejection: string | null;
  readonly settle_transfer_id: string | null;
  readonly return_transfer_id: string | null;
  readonly call_count: number;
  readonly look_count: number;
  readonly sent_at: Date | null;
  readonly asked_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly paid_at: Date | null;
}

export const WITHDRAWAL_COLUMNS = [
  'id',
  'owner_id',
  'request_hash',
  'state',
  'method',
  'payout_account_id',
  'masked_number',
  'masked_name',
  'amount',
  'fee',
  'tax',
  'risk_flags',
  'approvals_needed',
  'channel_account_id',
  'bank_batch_id',
  'bank_reference',
  'bank_name',
  'confirmation',
  'awaits_payee',
  'cancel_asked',
  'problem',
  'problem_message',
  'rejection',
  'settle_transfer_id',
  'return_transfer_id',
  'call_count',
  'look_count',
  'sent_at',
  'asked_at',
  'created_at',
  'updated_at',
  'paid_at',
]
  .map((name) => `\`${name}\``)
  .join(', ');

/** What the payee gets, in micro-yuan. */
export const netOf = (row: Pick<WithdrawalRow, 'amount' | 'fee' | 'tax'>): bigint =>
  BigInt(row.amount) - BigInt(row.fee) - BigInt(row.tax);

export const riskFlagsIn = (row: Pick<WithdrawalRow, 'risk_flags'>): withdrawal.RiskFlag[] =>
  row.risk_flags === '' ? [] : (row.risk_flags.split(',') as withdrawal.RiskFlag[]);

/** Before it is sent, and while the payee has not taken it. */
export function canCancel(row: Pick<WithdrawalRow, 'state' | 'awaits_payee' | 'cancel_asked'>): boolean {
  if (row.state === 'IN_REVIEW' || row.state === 'APPROVED') return true;
  return row.state === 'PAYING' && row.awaits_payee === 1 && row.cancel_asked === 0;
}

export function withdrawalOf(row: WithdrawalRow): withdrawal.Withdrawal {
  return {
    id: row.id,
    ownerId: row.owner_id,
    state: row.state,
    method: row.method,
    payoutAccountId: row.payout_account_id,
    maskedNumber: row.masked_number,
    maskedName: row.masked_name,
    amount: BigInt(row.amount),
    fee: BigInt(row.fee),
    tax: BigInt(row.tax),
    net: netOf(row),
    problem: row.problem,
    problemMessage: row.problem_message,
    rejection: row.rejection,
    confirmation: row.state === 'PAYING' && row.awaits_payee === 1 ? row.confirmation : null,
    canCancel: canCancel(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    paidAt: row.paid_at,
  };
}
