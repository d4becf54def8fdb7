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
import { Log } from '#libs/service';
import { PayoutAccountsService } from '../payout-accounts/payout-accounts.service.js';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { type WithdrawalRow, netOf } from '../withdrawals/withdrawal-row.js';
import { WithdrawalSteps } from '../withdrawals/withdrawal-steps.js';
import { BankBatchRepository } from './bank-batch.repository.js';
import { bankChangeOf } from './bank-change.js';
import { type BankPayment, bankFile } from './bank-file.js';
import { type BankResult, readBankResults, throwIfAny } from './bank-results.js';

const MAX_PAYMENTS = 1_000;

/** How a withdrawal ends by each of the bank's words, and what is said of it. */
const ENDS = {
  PAID: { state: 'PAID', kind: 'paid', problem: null },
  FAILED: { state: 'FAILED', kind: 'failed', problem: 'REFUSED_BY_CHANNEL' },
  BOUNCED: { state: 'FAILED', kind: 'failed', problem: 'RETURNED_BY_BANK' },
  RETURNED: { state: 'RETURNED', kind: 'returned', problem: 'RETURNED_BY_BANK' },
} as const;

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
      const { name, number } = await this.accounts.open(row.payout_account_id);
      const payee = { payeeName: name, cardNumber: number, bankName: row.bank_name ?? '' };
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
        const change = bankChangeOf(result, row, errors);
        return row && change && change !== 'known' ? [{ row, result, change }] : [];
      });
      throwIfAny(errors);
      for (const { row, result, change } of planned) await this.apply(transaction, row, result, change);
      return planned;
    });
    for (const { row, change } of changes) await this.steps.changed(row, ENDS[change].state);
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
    change: keyof typeof ENDS,
  ): Promise<void> {
    const { state, kind, problem } = ENDS[change];
    const said = message === '' ? null : message;
    const facts =
      change === 'PAID' ? { bankReference: reference, paidAt: new Date() } : { problem, message: said };
    const telling = { kind, facts: { reference, message } };
    await this.steps.stepIn(transaction, row, state, { ...facts, dueInMs: null }, telling);
  }

  private async found(batchId: string): Promise<withdrawal.BankBatch> {
    const batch = await this.batches.find(batchId);
    if (batch) return batch;
    throw new DomainError('BANK_BATCH_NOT_FOUND', `There is no bank file ${batchId}`);
  }
}
