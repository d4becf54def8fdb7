import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { Database, type SqlExecutor, type SqlValue, type Transaction } from '#libs/database';
import { sourcesOf } from '#libs/states';
import { WITHDRAWAL_COLUMNS, type WithdrawalRow } from './withdrawal-row.js';
import { WITHDRAWAL_TRANSITIONS } from './withdrawal-states.js';

/** The longest pause between two questions about one withdrawal. */
const MAX_PAUSE_SECONDS = 300;

export interface NewWithdrawal {
  readonly id: string;
  readonly ownerId: string;
  readonly idempotencyKey: string;
  readonly requestHash: Buffer;
  readonly method: withdrawal.PayoutMethod;
  readonly payoutAccountId: string;
  readonly maskedNumber: string;
  readonly maskedName: string;
  /** Of a bank card. */
  readonly bankName: string | null;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly tax: bigint;
  /** In Beijing. */
  readonly day: string;
  readonly riskFlags: readonly withdrawal.RiskFlag[];
  readonly approvalsNeeded: number;
  /** When the sweep takes it up if its maker has died over it. */
  readonly dueInMs: number;
}

/** What a step leaves behind, beside the new state. Undefined leaves a column as it is. */
export interface StepFacts {
  /** When it is taken up again; null: when somebody does something. */
  readonly dueInMs: number | null;
  readonly holdTransferId?: string;
  readonly channelAccountId?: string;
  readonly sentAt?: Date;
  readonly bankBatchId?: string;
  readonly bankReference?: string;
  readonly channelTransferNo?: string;
  readonly problem?: withdrawal.PayoutProblem | null;
  readonly message?: string | null;
  readonly rejection?: string;
  readonly paidAt?: Date;
}

const COLUMN_OF = {
  holdTransferId: 'hold_transfer_id',
  channelAccountId: 'channel_account_id',
  sentAt: 'sent_at',
  bankBatchId: 'bank_batch_id',
  bankReference: 'bank_reference',
  channelTransferNo: 'channel_transfer_no',
  problem: 'problem',
  message: 'problem_message',
  rejection: 'rejection',
  paidAt: 'paid_at',
} as const;

const FACTS = Object.keys(COLUMN_OF) as (keyof typeof COLUMN_OF)[];

/** All SQL about single withdrawals. */
@Injectable()
export class WithdrawalRepository {
  constructor(private readonly database: Database) {}

  async insert(transaction: Transaction, made: NewWithdrawal): Promise<void> {
    await transaction.write(
      `INSERT INTO \`withdrawal\` (\`id\`, \`owner_id\`, \`idempotency_key\`, \`request_hash\`, \`state\`, \`method\`, \`payout_account_id\`, \`masked_number\`, \`masked_name\`, \`bank_name\`, \`amount\`, \`fee\`, \`tax\`, \`day\`, \`risk_flags\`, \`approvals_needed\`, \`next_action_at\`, \`created_at\`, \`updated_at\`)
       VALUES (?, ?, ?, ?, 'REQUESTED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [
        made.id,
        made.ownerId,
        made.idempotencyKey,
        made.requestHash,
        made.method,
        made.payoutAccountId,
        made.maskedNumber,
        made.maskedName,
        made.bankName,
        made.amount,
        made.fee,
        made.tax,
        made.day,
        made.riskFlags.join(','),
        made.approvalsNeeded,
        made.dueInMs * 1_000,
      ],
    );
  }

  async find(withdrawalId: string): Promise<WithdrawalRow | null> {
    return this.findIn(this.database, withdrawalId);
  }

  /** Nobody else decides about it until the transaction ends. */
  lock(transaction: Transaction, withdrawalId: string): Promise<WithdrawalRow | null> {
    return this.findIn(transaction, withdrawalId, ' FOR UPDATE');
  }

  private async findIn(sql: SqlExecutor, withdrawalId: string, how = ''): Promise<WithdrawalRow | null> {
    const [row] = await sql.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`id\` = ?${how}`,
      [withdrawalId],
    );
    return row ?? null;
  }

  async findByKey(transaction: Transaction, ownerId: string, key: string): Promise<WithdrawalRow | null> {
    const [row] = await transaction.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`owner_id\` = ? AND \`idempotency_key\` = ?`,
      [ownerId, key],
    );
    return row ?? null;
  }

  /** Newest first. */
  listOf(ownerId: string, before: string | undefined, limit: number): Promise<WithdrawalRow[]> {
    return this.database.query<WithdrawalRow>(
      `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`owner_id\` = ? AND \`id\` < ? ORDER BY \`id\` DESC LIMIT ?`,
      [ownerId, before ?? '9223372036854775807', limit],
    );
  }

  /**
   * From the state in which it was when the step was decided, and from no other, even if that one may lead there too: what is
   * cancelled before it was sent must not become cancelled after it.
   *
   * @returns false when it is not in that state any more: somebody else was faster.
   */
  async move(
    sql: SqlExecutor,
    { id, state: from }: Pick<WithdrawalRow, 'id' | 'state'>,
    to: withdrawal.WithdrawalState,
    { dueInMs, ...facts }: StepFacts,
  ): Promise<boolean> {
    if (!sourcesOf(WITHDRAWAL_TRANSITIONS, to).includes(from))
      throw new Error(`Withdrawal ${id} can't go from ${from} to ${to}`);
    // By the table of columns: what else an object may carry is nobody's business here.
    const told = FACTS.flatMap((name) => {
      const value: SqlValue | undefined = facts[name];
      return value === undefined ? [] : [{ column: COLUMN_OF[name], value }];
    });
    const { affectedRows } = await sql.write(
      `UPDATE \`withdrawal\` SET \`state\` = ?, \`next_action_at\` = ${dueInMs === null ? 'NULL' : 'UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND'}, \`updated_at\` = UTC_TIMESTAMP(3)${told
        .map(({ column }) => `, \`${column}\` = ?`)
        .join('')} WHERE \`id\` = ? AND \`state\` = ?`,
      [to, ...(dueInMs === null ? [] : [dueInMs * 1_000]), ...told.map(({ value }) => value), id, from],
    );
    return affectedRows === 1;
  }

  /** Counts a question to the channel before it is put: after a crash we know that it may have been. */
  async countCall(withdrawalId: string): Promise<void> {
    await this.database.write(
      'UPDATE `withdrawal` SET `call_count` = `call_count` + 1, `asked_at` = UTC_TIMESTAMP(3) WHERE `id` = ?',
      [withdrawalId],
    );
  }

  /** What the channel says while it is not decided. News make us curious: it is asked as often again as in the beginning. */
  async noteWaiting(
    withdrawalId: string,
    said: {
      readonly problem: withdrawal.PayoutProblem | null;
      readonly message: string | null;
      readonly awaitsPayee: boolean;
      readonly confirmation: string | null;
    },
    firstPauseMs: number,
  ): Promise<void> {
    const { awaitsPayee } = said;
    // Assigned from left to right: what asks for the old value stands before the new one.
    await this.database.write(
      `UPDATE \`withdrawal\`
          SET \`next_action_at\` = IF(\`awaits_payee\` = ?, \`next_action_at\`, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND),
              \`call_count\` = IF(\`awaits_payee\` = ?, \`call_count\`, 1), \`awaits_payee\` = ?, \`problem\` = ?, \`problem_message\` = ?,
              \`confirmation\` = COALESCE(?, \`confirmation\`), \`updated_at\` = UTC_TIMESTAMP(3)
        WHERE \`id\` = ? AND \`state\` = 'PAYING'`,
      [
        awaitsPayee,
        firstPauseMs * 1_000,
        awaitsPayee,
        awaitsPayee,
        said.problem,
        said.message?.slice(0, 300) ?? null,
        said.confirmation,
        withdrawalId,
      ],
    );
  }

  /** The owner wants it back while the channel has it. @returns false when it is not waiting for the payee any more. */
  async askToCancel(withdrawalId: string): Promise<boolean> {
    const { affectedRows } = await this.database.write(
      "UPDATE `withdrawal` SET `cancel_asked` = 1, `next_action_at` = UTC_TIMESTAMP(3), `updated_at` = UTC_TIMESTAMP(3) WHERE `id` = ? AND `state` = 'PAYING' AND `awaits_payee` = 1",
      [withdrawalId],
    );
    return affectedRows === 1;
  }

  /**
   * Somebody looks at it who waits for it: asked about at once, unless that was done a moment ago. What the channel may not
   * have answered yet has to wait longer, or a question would overtake the call.
   */
  async askSoon(
    withdrawalId: string,
    notWithin: { answeredMs: number; unansweredMs: number },
  ): Promise<void> {
    await this.database.write(
      "UPDATE `withdrawal` SET `next_action_at` = UTC_TIMESTAMP(3) WHERE `id` = ? AND `state` = 'PAYING' AND `channel_account_id` IS NOT NULL AND `next_action_at` > UTC_TIMESTAMP(3) AND `asked_at` < UTC_TIMESTAMP(3) - INTERVAL IF(`awaits_payee`, ?, ?) MICROSECOND",
      [withdrawalId, notWithin.answeredMs * 1_000, notWithin.unansweredMs * 1_000],
    );
  }

  /** The wallet has booked how its hold ended, or its return. @returns false when there is no such withdrawal here. */
  async noteBooked(
    transaction: Transaction,
    withdrawalId: string,
    what: 'settle_transfer_id' | 'return_transfer_id',
    transferId: string,
    dueInMs: number | null,
  ): Promise<boolean> {
    const due = dueInMs === null ? 'NULL' : 'UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND';
    const { affectedRows } = await transaction.write(
      `UPDATE \`withdrawal\` SET \`${what}\` = ?, \`next_action_at\` = ${due} WHERE \`id\` = ?`,
      [transferId, ...(dueInMs === null ? [] : [dueInMs * 1_000]), withdrawalId],
    );
    return affectedRows === 1;
  }

  /** Of one that has ended: the next time that somebody asks whether the channel still says so. */
  async planLook(withdrawalId: string, dueInMs: number | null): Promise<void> {
    const due = dueInMs === null ? 'NULL' : 'UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND';
    await this.database.write(
      `UPDATE \`withdrawal\` SET \`look_count\` = \`look_count\` + 1, \`next_action_at\` = ${due} WHERE \`id\` = ? AND \`state\` IN ('PAID', 'FAILED', 'CANCELLED')`,
      [...(dueInMs === null ? [] : [dueInMs * 1_000]), withdrawalId],
    );
  }

  /** The channel says something else than what has ended it. @returns false when that was known. */
  async noteContradiction(withdrawalId: string, message: string): Promise<boolean> {
    const { affectedRows } = await this.database.write(
      "UPDATE `withdrawal` SET `problem` = 'CONTRADICTED', `problem_message` = ? WHERE `id` = ? AND `state` IN ('PAID', 'FAILED', 'CANCELLED') AND NOT (`problem` <=> 'CONTRADICTED')",
      [message, withdrawalId],
    );
    return affectedRows === 1;
  }

  /**
   * Takes withdrawals that something is due for, by setting first when it is due again: twice as long each time. Rows that
   * another replica is taking are skipped.
   */
  async claimDue(firstPauseMs: number, limit: number): Promise<WithdrawalRow[]> {
    return this.database.transaction(async (transaction) => {
      const locked = await transaction.query<{ id: string }>(
        'SELECT `id` FROM `withdrawal` WHERE `next_action_at` <= UTC_TIMESTAMP(3) ORDER BY `next_action_at` LIMIT ? FOR UPDATE SKIP LOCKED',
        [limit],
      );
      const ids = locked.map(({ id }) => id);
      if (ids.length === 0) return [];
      await transaction.write(
        'UPDATE `withdrawal` SET `next_action_at` = UTC_TIMESTAMP(3) + INTERVAL LEAST(?, ? * POW(2, LEAST(`call_count`, 20))) MICROSECOND WHERE `id` IN (?)',
        [MAX_PAUSE_SECONDS * 1_000_000, firstPauseMs * 1_000, ids],
      );
      return transaction.query<WithdrawalRow>(
        `SELECT ${WITHDRAWAL_COLUMNS} FROM \`withdrawal\` WHERE \`id\` IN (?)`,
        [ids],
      );
    });
  }
}
