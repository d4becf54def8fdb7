import { Injectable } from '@nestjs/common';
import {
  DomainError,
  type FieldError,
  type RequestOf,
  type ResponseOf,
  type withdrawal,
} from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { formatYuan } from '#libs/money';
import { Log } from '#libs/service';
import { PayoutAccountsService } from '../payout-accounts/payout-accounts.service.js';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { type WithdrawalRow, netOf } from '../withdrawals/withdrawal-row.js';
import { WithdrawalSteps } from '../withdrawals/withdrawal-steps.js';
import { BankBatchRepository } from './bank-batch.repository.js';
import { type BankPayment, bankFile } from './bank-file.js';
import { type BankResult, readBankResults, throwIfAny } from './bank-results.js';

const MAX_PAYMENTS = 1_000;

/** What a line of the bank's means for a withdrawal as it stands. */
type Change = 'PAID' | 'FAILED' | 'RETURNED' | 'known';

/** Payouts through files that an operator carries to the bank and back. */
@Injectable()
export class BankService {
  constructor(
    private readonly database: Database,
    private readonly batches: BankBatchRepository,
    private readonly accounts: PayoutAccountsService,
    private readonly steps: WithdrawalSteps,
    private readonly ids: IdGenerator,
    private readonly config: WithdrawalConfig,
    private readonly log: Log,
  ) {}

  /** Whatever is approved and in no file yet. In one transaction: a payout is in one file, or in none. */
  async create(operatorId: string): Promise<withdrawal.BankBatch> {
    const batchId = this.ids.nextId(0);
    const taken = await this.database.transaction(async (transaction) => {
      const rows = await this.batches.lockApproved(transaction, MAX_PAYMENTS);
      if (rows.length === 0) return rows;
      await this.batches.insert(transaction, batchId, operatorId);
      const telling = { kind: 'exported', facts: { batchId }, actorId: operatorId } as const;
      for (const row of rows)
        await this.steps.stepIn(transaction, row, 'PAYING', { bankBatchId: batchId, dueInMs: null }, telling);
      return rows;
    });
    if (taken.length === 0)
      throw new DomainError('NOTHING_TO_PAY', 'No approved bank payout waits for a file');
    this.log.warn({ batchId, operatorId, count: taken.length }, 'a file for the bank was made');
    for (const row of taken) await this.steps.changed(row, 'PAYING');
    return this.found(batchId);
  }

  async list({
    cursor,
    limit,
  }: RequestOf<typeof withdrawal.listBankBatches>): Promise<ResponseOf<typeof withdrawal.listBankBatches>> {
    const found = await this.batches.list(cursor, limit + 1);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** Names and numbers are opened for this file alone: who asked for it stands in the log. */
  async file({
    batchId,
    operatorId,
  }: RequestOf<typeof withdrawal.getBankFile>): Promise<ResponseOf<typeof withdrawal.getBankFile>> {
    await this.found(batchId);
    const payments: BankPayment[] = [];
    for (const row of await this.batches.payoutsOf(batchId)) {
      const { name, number, bankName } = await this.accounts.open(row.payout_account_id);
      const payee = { payeeName: name, cardNumber: number, bankName: bankName ?? '' };
      payments.push({ withdrawalId: row.id, net: netOf(row), ...payee });
    }
    this.log.warn({ batchId, operatorId }, 'a file for the bank was downloaded');
    return { name: `payouts-${batchId}.csv`, csv: bankFile(payments, this.config.payoutRemark) };
  }

  /** All lines or none, in one transaction; the same file again changes nothing. */
  async importResults({
    operatorId,
    csv,
  }: RequestOf<typeof withdrawal.importBankResults>): Promise<
    ResponseOf<typeof withdrawal.importBankResults>
  > {
    const results = readBankResults(csv);
    const changes = await this.database.transaction(async (transaction) => {
      const ids = results.map(({ withdrawalId }) => withdrawalId);
      const rows = new Map((await this.batches.lockAll(transaction, ids)).map((row) => [row.id, row]));
      const errors: FieldError[] = [];
      const planned = results.flatMap((result) => {
        const row = rows.get(result.withdrawalId);
        const change = changeOf(result, row, errors);
        return row && change ? [{ row, result, change }] : [];
      });
      throwIfAny(errors);
      for (const { row, result, change } of planned) await this.apply(transaction, row, result, change);
      return planned.filter(({ change }) => change !== 'known');
    });
    for (const { row, change } of changes) if (change !== 'known') await this.steps.changed(row, change);
    const summary = {
      lines: results.length,
      changed: changes.length,
      known: results.length - changes.length,
    };
    this.log.warn({ operatorId, ...summary }, 'results of the bank were imported');
    return summary;
  }

  private async apply(
    transaction: Transaction,
    row: WithdrawalRow,
    { reference, message }: BankResult,
    change: Change,
  ): Promise<void> {
    if (change === 'known') return;
    const facts = { reference, message };
    if (change === 'PAID') {
      const paid = { bankReference: reference, paidAt: new Date(), dueInMs: null };
      await this.steps.stepIn(transaction, row, 'PAID', paid, { kind: 'paid', facts });
      return;
    }
    const problem = change === 'RETURNED' ? 'RETURNED_BY_BANK' : 'REFUSED_BY_CHANNEL';
    const kind = change === 'RETURNED' ? 'returned' : 'failed';
    await this.steps.stepIn(
      transaction,
      row,
      change,
      { problem, message: message === '' ? null : message, dueInMs: null },
      { kind, facts },
    );
  }

  private async found(batchId: string): Promise<withdrawal.BankBatch> {
    const batch = await this.batches.find(batchId);
    if (batch) return batch;
    throw new DomainError('BANK_BATCH_NOT_FOUND', `There is no bank file ${batchId}`);
  }
}

/** What a line changes; undefined, with an error that names it, when it can't be true. */
function changeOf(
  { line, amount, outcome, reference }: BankResult,
  row: WithdrawalRow | undefined,
  errors: FieldError[],
): Change | undefined {
  const bad = (column: string, message: string) => {
    errors.push({ field: `lines.${line}.${column}`, message });
    return undefined;
  };
  if (!row?.bank_batch_id) return bad('withdrawal_id', 'is of no payout that a bank was told to make');
  if (amount !== netOf(row)) return bad('amount', `must be ${formatYuan(netOf(row))}`);
  const isSame = row.bank_reference === null || reference === '' || row.bank_reference === reference;
  switch (outcome) {
    case 'PAID':
      if (row.state === 'PAYING') return 'PAID';
      if ((row.state === 'PAID' || row.state === 'RETURNED') && isSame) return 'known';
      break;
    case 'FAILED':
      if (row.state === 'PAYING') return 'FAILED';
      if (row.state === 'FAILED') return 'known';
      break;
    case 'RETURNED':
      if (row.state === 'PAID') return 'RETURNED';
      if (row.state === 'RETURNED') return 'known';
      break;
  }
  return bad('outcome', `can't be ${outcome}: the withdrawal is ${row.state}`);
}
