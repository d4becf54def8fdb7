import { Injectable } from '@nestjs/common';
import { withdrawal } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { Outbox } from '#libs/outbox';
import { Log, Metrics } from '#libs/service';
import { EventPublisher } from '#libs/transport';
import { withoutNumbers } from '../payout-accounts/account-number.js';
import { Timeline } from './timeline.js';
import type { WithdrawalRow } from './withdrawal-row.js';
import { HOLD_ENDS } from './withdrawal-states.js';
import { type StepFacts, WithdrawalRepository } from './withdrawal.repository.js';

/** How long the wallet has to say that it has booked an end, before it is told again. */
const BOOKING_WAIT_MS = 5_000;

type Facts = Omit<StepFacts, 'dueInMs'>;

interface Telling {
  readonly kind: withdrawal.WithdrawalEventKind;
  readonly facts?: Record<string, string | number | boolean | null>;
  readonly actorId?: string | null;
}

/**
 * Every change of a withdrawal's state: the guarded update, its line in the timeline and what the wallet must be told, in
 * one transaction; and after it a hint for open pages. A step that somebody else was faster with does nothing.
 */
@Injectable()
export class WithdrawalSteps {
  private readonly contradictions;

  constructor(
    private readonly database: Database,
    private readonly withdrawals: WithdrawalRepository,
    private readonly timeline: Timeline,
    private readonly outbox: Outbox,
    private readonly events: EventPublisher,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.contradictions = metrics.counter(
      'withdrawal_contradictions_total',
      'Payouts of which the channel said something else after their end',
    );
  }

  /** The wallet has set the money aside. */
  hold(row: WithdrawalRow, holdTransferId: string): Promise<boolean> {
    return this.step(row, 'IN_REVIEW', { holdTransferId, dueInMs: null }, { kind: 'held' });
  }

  /** The wallet has too little: nothing is held, and nothing will be. */
  refuse(row: WithdrawalRow, message: string): Promise<boolean> {
    return this.step(row, 'REFUSED', { message, dueInMs: null }, { kind: 'refused', facts: { message } });
  }

  /** Before the channel is asked for the first time: which of our accounts pays, for ever. */
  send(row: WithdrawalRow, channelAccountId: string, dueInMs: number): Promise<boolean> {
    const telling: Telling = { kind: 'sent', facts: { account: channelAccountId } };
    return this.step(row, 'PAYING', { channelAccountId, sentAt: new Date(), dueInMs }, telling);
  }

  pay(row: WithdrawalRow, paid: { channelTransferNo: string; paidAt: Date }): Promise<boolean> {
    const facts = { reference: paid.channelTransferNo };
    return this.end(row, 'PAID', { ...paid, problem: null, message: null }, { kind: 'paid', facts });
  }

  fail(row: WithdrawalRow, problem: withdrawal.PayoutProblem, message: string): Promise<boolean> {
    const said = withoutNumbers(message).slice(0, 300);
    this.log.warn({ withdrawalId: row.id, problem }, 'a payout has failed');
    return this.end(
      row,
      'FAILED',
      { problem, message: said },
      { kind: 'failed', facts: { problem, message: said } },
    );
  }

  cancel(row: WithdrawalRow, actorId: string): Promise<boolean> {
    return this.end(row, 'CANCELLED', {}, { kind: 'cancelled', actorId });
  }

  /** It was paid, and came back later. */
  comeBack(row: WithdrawalRow, message: string): Promise<boolean> {
    const said = withoutNumbers(message).slice(0, 300);
    this.log.warn({ withdrawalId: row.id }, 'a payout has come back');
    const facts: Facts = { problem: 'RETURNED_BY_BANK', message: said };
    return this.end(row, 'RETURNED', facts, { kind: 'returned', facts: { message: said } });
  }

  /** Nothing is booked: what is true then is for people to find out, and to adjust. */
  async contradict(row: WithdrawalRow, said: string): Promise<void> {
    const message = `It is ${row.state}, and now the channel says otherwise. ${withoutNumbers(said)}`.slice(
      0,
      300,
    );
    if (!(await this.withdrawals.noteContradiction(row.id, message))) return;
    this.contradictions.inc();
    this.log.error({ withdrawalId: row.id, state: row.state, message }, 'a channel contradicts itself');
    await this.changed(row, row.state);
  }

  /** Something that is worth telling and changes no state. */
  async tell(
    row: Pick<WithdrawalRow, 'id' | 'owner_id' | 'state'>,
    kind: Telling['kind'],
    facts: Telling['facts'] = {},
  ): Promise<void> {
    await this.timeline.append(this.database, row.id, kind, facts);
    await this.changed(row, row.state);
  }

  /** What the wallet has not booked yet is said once more. */
  async announceAgain(row: WithdrawalRow): Promise<void> {
    const due = [
      ...(row.settle_transfer_id === null ? [withdrawal.withdrawalSettled] : []),
      ...(row.state === 'RETURNED' && row.return_transfer_id === null ? [withdrawal.withdrawalReturned] : []),
    ];
    for (const contract of due) {
      const count = await this.outbox.resend(contract, row.id);
      this.log.warn({ withdrawalId: row.id, event: contract.name, count }, 'not booked yet: announced again');
    }
  }

  private async step(
    row: WithdrawalRow,
    to: withdrawal.WithdrawalState,
    facts: StepFacts,
    telling: Telling,
  ): Promise<boolean> {
    const done = await this.database.transaction((transaction) =>
      this.stepIn(transaction, row, to, facts, telling),
    );
    if (done) await this.changed(row, to);
    return done;
  }

  private end(
    row: WithdrawalRow,
    to: withdrawal.WithdrawalState,
    facts: Facts,
    telling: Telling,
  ): Promise<boolean> {
    return this.step(row, to, { ...facts, dueInMs: BOOKING_WAIT_MS }, telling);
  }

  /** For whoever has a transaction open already; `changed` is theirs to call after it. */
  async stepIn(
    transaction: Transaction,
    row: WithdrawalRow,
    to: withdrawal.WithdrawalState,
    facts: StepFacts,
    { kind, facts: told, actorId }: Telling,
  ): Promise<boolean> {
    const dueInMs = HOLD_ENDS[to] === null ? facts.dueInMs : BOOKING_WAIT_MS;
    if (!(await this.withdrawals.move(transaction, row, to, { ...facts, dueInMs }))) return false;
    await this.timeline.append(transaction, row.id, kind, told, actorId);
    await this.announce(transaction, row, to);
    return true;
  }

  private async announce(
    transaction: Transaction,
    row: WithdrawalRow,
    to: withdrawal.WithdrawalState,
  ): Promise<void> {
    const facts = {
      withdrawalId: row.id,
      ownerId: row.owner_id,
      amount: BigInt(row.amount),
      fee: BigInt(row.fee),
      tax: BigInt(row.tax),
      method: row.method,
    };
    const outcome = HOLD_ENDS[to];
    if (to === 'RETURNED')
      await this.outbox.append(transaction, withdrawal.withdrawalReturned, row.id, facts);
    else if (outcome !== null)
      await this.outbox.append(transaction, withdrawal.withdrawalSettled, row.id, { ...facts, outcome });
  }

  /** Never fails: the change stands, whoever could be told of it. */
  async changed(
    row: Pick<WithdrawalRow, 'id' | 'owner_id'>,
    state: withdrawal.WithdrawalState,
  ): Promise<void> {
    const hint = { withdrawalId: row.id, ownerId: row.owner_id, state };
    await this.events
      .publish(withdrawal.withdrawalChanged, hint)
      .catch((error: unknown) => this.log.warn({ err: error, ...hint }, 'open pages could not be told'));
  }
}
