import { parse } from 'csv-parse/sync';
import { withdrawal } from '#libs/contracts';
import { parseYuan } from '#libs/money';
import type { PatientRpc } from './patient-rpc.js';
import type { BankOutcome } from './withdrawal-plan.js';

/** What the bank has done with one line. */
export interface BankPayment {
  readonly withdrawalId: string;
  /** In yuan, as it was told. */
  readonly amount: string;
  readonly cardNumber: string;
  readonly outcome: BankOutcome;
}

export const OPERATORS = ['901', '902'] as const;
const HEADING = 'withdrawal_id,amount,outcome,bank_reference,message';

/** A bank that reads every file once, pays what it finds, and says what became of it; and the operators who go there. */
export class Bank {
  /** In the order in which they were made; a withdrawal that stands here twice was paid twice. */
  readonly payments: BankPayment[] = [];
  private readonly filesRead = new Set<string>();
  private visits = Promise.resolve();

  constructor(
    private readonly rpc: PatientRpc,
    private readonly outcomeOf: (withdrawalId: string) => BankOutcome,
  ) {}

  /** One day at the bank: files are made by so many operators at once; one visit comes after the other. */
  visit(operators: 1 | 2): Promise<void> {
    this.visits = this.visits.then(() => this.visitNow(operators));
    return this.visits;
  }

  private async visitNow(operators: 1 | 2): Promise<void> {
    await Promise.all(
      OPERATORS.slice(0, operators).map((operatorId) =>
        this.rpc.ask(withdrawal.createBankBatch, { operatorId }),
      ),
    );
    const { items } = await this.rpc.call(withdrawal.listBankBatches, { limit: 100 });
    // Also one whose maker was killed before anybody was told of it.
    for (const { id } of items.toReversed()) if (!this.filesRead.has(id)) await this.read(id);
  }

  private async read(batchId: string): Promise<void> {
    const [operatorId, other] = OPERATORS;
    const { csv } = await this.rpc.call(withdrawal.getBankFile, { batchId, operatorId });
    this.filesRead.add(batchId);
    const lines = parse<Record<string, string>>(csv, { bom: true, columns: true });
    const made = lines.map((line): BankPayment => {
      const withdrawalId = line['withdrawal_id'] ?? '';
      const [amount, cardNumber] = [line['amount'] ?? '', line['card_number'] ?? ''];
      return { withdrawalId, amount, cardNumber, outcome: this.outcomeOf(withdrawalId) };
    });
    this.payments.push(...made);
    const first = resultsOf(made, ({ outcome }) => (outcome === 'FAILED' ? 'FAILED' : 'PAID'));
    // One wrong amount, and nothing of the file may be believed.
    const spoilt = resultsOf(
      made,
      () => 'PAID',
      ({ amount }) => `${parseYuan(amount) / 1_000_000n + 1n}.00`,
    );
    await this.rpc.ask(withdrawal.importBankResults, { operatorId, csv: spoilt });
    await Promise.all(
      [operatorId, other].map((somebody) =>
        this.rpc.call(withdrawal.importBankResults, { operatorId: somebody, csv: first }),
      ),
    );
    const returned = made.filter(({ outcome }) => outcome === 'RETURNED');
    if (returned.length === 0) return;
    const later = resultsOf(returned, () => 'RETURNED');
    await this.rpc.call(withdrawal.importBankResults, { operatorId, csv: later });
  }
}

function resultsOf(
  payments: readonly BankPayment[],
  outcomeOf: (payment: BankPayment) => BankOutcome,
  amountOf = ({ amount }: BankPayment) => amount,
): string {
  const lines = payments.map((payment) => {
    const { withdrawalId } = payment;
    return `${withdrawalId},${amountOf(payment)},${outcomeOf(payment)},B${withdrawalId},`;
  });
  return [HEADING, ...lines].join('\n');
}
