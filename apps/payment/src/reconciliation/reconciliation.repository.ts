import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import { Database, type SqlValue } from '#libs/database';
import { OrderIds } from '#libs/orders';
import type { BillSums } from './comparison.repository.js';

/** A day of one account that this replica works on, until its lease runs out unrenewed. */
export interface Claim {
  readonly id: string;
  readonly accountId: string;
  readonly channel: payment.ChannelName;
  readonly billDate: string;
  readonly state: 'LOADING' | 'COMPARING';
  /** How often it has been asked for; what was found in an earlier run and not in this one is gone. */
  readonly run: number;
  /** Rises with each claim: whoever comes back late with an old one changes nothing any more. */
  readonly claim: number;
  readonly failures: number;
  readonly billLines: number;
}

interface ReconciliationRow {
  readonly id: string;
  readonly account_id: string;
  readonly channel: payment.ChannelName;
  readonly bill_date: string;
  readonly state: payment.ReconciliationState;
  readonly run: number;
  readonly claim: number;
  readonly failures: number;
  readonly bill_lines: number;
  readonly payments_matched: number;
  readonly refunds_matched: number;
  readonly paid_amount: string;
  readonly refunded_amount: string;
  readonly fee_amount: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly message: string | null;
  readonly differences: string;
  readonly open_differences: string;
}

/** Somebody else has taken the work over: to be left as it is. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Longer than the slowest step between two renewals: a place in the channel's line and the start of a download. */
export const LEASE_MS = 120_000;

const COLUMNS = `\`r\`.\`id\`, \`r\`.\`account_id\`, \`r\`.\`channel\`, DATE_FORMAT(\`r\`.\`bill_date\`, '%Y-%m-%d') AS \`bill_date\`, \`r\`.\`state\`, \`r\`.\`run\`, \`r\`.\`claim\`, \`r\`.\`failures\`, \`r\`.\`bill_lines\`,
  \`r\`.\`payments_matched\`, \`r\`.\`refunds_matched\`, \`r\`.\`paid_amount\`, \`r\`.\`refunded_amount\`, \`r\`.\`fee_amount\`, \`r\`.\`started_at\`, \`r\`.\`finished_at\`, \`r\`.\`message\``;
const COUNTS = `(SELECT COUNT(*) FROM \`reconciliation_difference\` AS \`d\` WHERE \`d\`.\`reconciliation_id\` = \`r\`.\`id\`) AS \`differences\`,
  (SELECT COUNT(*) FROM \`reconciliation_difference\` AS \`d\` WHERE \`d\`.\`reconciliation_id\` = \`r\`.\`id\` AND \`d\`.\`state\` IN ('OPEN', 'APPROVAL_PENDING')) AS \`open_differences\``;

/** The SQL of the reconciliations' own rows: which days there are, and who works on them. */
@Injectable()
export class ReconciliationRepository {
  constructor(
    private readonly database: Database,
    private readonly ids: OrderIds,
  ) {}

  /** Makes the row of a day, or has the day done again unless it is being done at this moment. */
  async request(accountId: string, channel: payment.ChannelName, billDate: string): Promise<void> {
    await this.insert(accountId, channel, billDate);
    await this.database.write(
      `UPDATE \`reconciliation\` SET \`run\` = \`run\` + 1, \`failures\` = 0, \`message\` = NULL, \`started_at\` = UTC_TIMESTAMP(3), \`finished_at\` = NULL, \`due_at\` = UTC_TIMESTAMP(3), \`state\` = 'WAITING'
        WHERE \`account_id\` = ? AND \`bill_date\` = ? AND \`state\` IN ('WAITING', 'DONE', 'FAILED')`,
      [accountId, billDate],
    );
  }

  /** @returns false when the day has a row already. */
  async insert(accountId: string, channel: payment.ChannelName, billDate: string): Promise<boolean> {
    const { affectedRows } = await this.database.write(
      `INSERT IGNORE INTO \`reconciliation\` (\`id\`, \`account_id\`, \`channel\`, \`bill_date\`, \`state\`, \`due_at\`, \`started_at\`) VALUES (?, ?, ?, ?, 'WAITING', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [this.ids.ofPlatform(), accountId, channel, billDate],
    );
    return affectedRows === 1;
  }

  async latestDay(accountId: string): Promise<string | null> {
    const [row] = await this.database.query<{ day: string | null }>(
      "SELECT DATE_FORMAT(MAX(`bill_date`), '%Y-%m-%d') AS `day` FROM `reconciliation` WHERE `account_id` = ?",
      [accountId],
    );
    return row?.day ?? null;
  }

  /**
   * Takes the day that has been due longest, also one whose worker has died. A load that was interrupted begins again;
   * a comparison, whose lines are all there, is repeated.
   */
  async claim(): Promise<Claim | null> {
    return this.database.transaction(async (transaction) => {
      const [row] = await transaction.query<ReconciliationRow>(
        `SELECT ${COLUMNS} FROM \`reconciliation\` AS \`r\` WHERE \`r\`.\`due_at\` <= UTC_TIMESTAMP(3) ORDER BY \`r\`.\`due_at\` LIMIT 1 FOR UPDATE SKIP LOCKED`,
      );
      if (!row) return null;
      const state = row.state === 'COMPARING' ? 'COMPARING' : 'LOADING';
      await transaction.write(
        'UPDATE `reconciliation` SET `state` = ?, `claim` = `claim` + 1, `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `id` = ?',
        [state, LEASE_MS * 1_000, row.id],
      );
      return {
        id: row.id,
        accountId: row.account_id,
        channel: row.channel,
        billDate: row.bill_date,
        state,
        run: row.run,
        claim: row.claim + 1,
        failures: row.failures,
        billLines: row.bill_lines,
      };
    });
  }

  /** @throws LeaseLostError */
  renew(claim: Claim): Promise<void> {
    return this.change(claim, '`due_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [LEASE_MS * 1_000]);
  }

  /** The whole bill is in the tables. @throws LeaseLostError */
  loaded(claim: Claim, billLines: number): Promise<void> {
    return this.change(
      claim,
      "`state` = 'COMPARING', `bill_lines` = ?, `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND",
      [billLines, LEASE_MS * 1_000],
    );
  }

  /** @throws LeaseLostError */
  async finish(claim: Claim, sums: BillSums): Promise<void> {
    const [unmatched] = await this.database.query<Record<'payments' | 'refunds', string>>(
      `SELECT COUNT(DISTINCT IF(\`subject\` = 'payment', \`number\`, NULL)) AS \`payments\`, COUNT(DISTINCT IF(\`subject\` = 'refund', \`number\`, NULL)) AS \`refunds\`
         FROM \`reconciliation_difference\` WHERE \`reconciliation_id\` = ? AND \`seen_in_run\` = ? AND \`kind\` IN ('ONLY_AT_CHANNEL', 'AMOUNT_DIFFERS', 'STATE_DIFFERS') AND \`state\` <> 'REPAIRED'`,
      [claim.id, claim.run],
    );
    await this.change(
      claim,
      "`state` = 'DONE', `due_at` = NULL, `failures` = 0, `message` = NULL, `finished_at` = UTC_TIMESTAMP(3), `payments_matched` = ?, `refunds_matched` = ?, `paid_amount` = ?, `refunded_amount` = ?, `fee_amount` = ?",
      [
        sums.payments - Number(unmatched?.payments ?? 0),
        sums.refunds - Number(unmatched?.refunds ?? 0),
        sums.paidAmount,
        sums.refundedAmount,
        sums.feeAmount,
      ],
    );
  }

  /** To be tried again. What was loaded completely stays loaded. @throws LeaseLostError */
  postpone(claim: Claim, message: string, inMs: number, failed: boolean): Promise<void> {
    return this.change(
      claim,
      "`state` = IF(`state` = 'LOADING', 'WAITING', `state`), `failures` = `failures` + ?, `message` = ?, `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND",
      [failed ? 1 : 0, message.slice(0, 500), Math.round(inMs * 1_000)],
    );
  }

  /** Not to be tried again until somebody asks for it. @throws LeaseLostError */
  fail(claim: Claim, message: string): Promise<void> {
    return this.change(
      claim,
      "`state` = 'FAILED', `due_at` = NULL, `finished_at` = UTC_TIMESTAMP(3), `message` = ?",
      [message.slice(0, 500)],
    );
  }

  async find(id: string): Promise<payment.Reconciliation | null> {
    const [row] = await this.database.query<ReconciliationRow>(
      `SELECT ${COLUMNS}, ${COUNTS} FROM \`reconciliation\` AS \`r\` WHERE \`r\`.\`id\` = ?`,
      [id],
    );
    return row ? viewOf(row) : null;
  }

  /** Newest first. */
  async list(filter: {
    accountId?: string | undefined;
    billDate?: string | undefined;
    beforeId?: string | undefined;
    limit: number;
  }): Promise<payment.Reconciliation[]> {
    const conditions: [string, SqlValue | undefined][] = [
      ['`r`.`account_id` = ?', filter.accountId],
      ['`r`.`bill_date` = ?', filter.billDate],
      ['`r`.`id` < ?', filter.beforeId],
    ];
    const used = conditions.filter((each): each is [string, SqlValue] => each[1] !== undefined);
    const rows = await this.database.query<ReconciliationRow>(
      `SELECT ${COLUMNS}, ${COUNTS} FROM \`reconciliation\` AS \`r\` ${used.length > 0 ? `WHERE ${used.map(([sql]) => sql).join(' AND ')}` : ''} ORDER BY \`r\`.\`id\` DESC LIMIT ?`,
      [...used.map(([, value]) => value), filter.limit],
    );
    return rows.map(viewOf);
  }

  private async change(claim: Claim, assignments: string, values: readonly SqlValue[]): Promise<void> {
    const { affectedRows } = await this.database.write(
      `UPDATE \`reconciliation\` SET ${assignments} WHERE \`id\` = ? AND \`claim\` = ? AND \`state\` IN ('LOADING', 'COMPARING')`,
      [...values, claim.id, claim.claim],
    );
    if (affectedRows === 1) return;
    throw new LeaseLostError(`Another replica works on the bill of ${claim.accountId} for ${claim.billDate}`);
  }
}

function viewOf(row: ReconciliationRow): payment.Reconciliation {
  return {
    id: row.id,
    accountId: row.account_id,
    channel: row.channel,
    billDate: row.bill_date,
    state: row.state,
    billLines: row.bill_lines,
    paymentsMatched: row.payments_matched,
    refundsMatched: row.refunds_matched,
    paidAmount: BigInt(row.paid_amount),
    refundedAmount: BigInt(row.refunded_amount),
    feeAmount: BigInt(row.fee_amount),
    differences: Number(row.differences),
    openDifferences: Number(row.open_differences),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    message: row.message,
  };
}
