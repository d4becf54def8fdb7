import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import { Database, type SqlExecutor, type SqlValue, type Transaction } from '#libs/database';
import { OrderIds } from '#libs/orders';
import type { FoundDifference, StoredDifference } from './difference.js';
import { type DifferenceRow, SELECT_DIFFERENCES, differenceOf } from './difference-row.js';
import type { Claim } from './reconciliation.repository.js';

export interface DifferenceFilter {
  readonly reconciliationId?: string | undefined;
  readonly state?: payment.DifferenceState | undefined;
  readonly kind?: payment.DifferenceKind | undefined;
  readonly beforeId?: string | undefined;
}

/** Who settles, or nobody: then it went away by itself. */
export interface Settling {
  readonly to: payment.DifferenceState;
  readonly explanation?: string | undefined;
  readonly reason?: string | undefined;
  readonly settledBy?: string | undefined;
  readonly approvedBy?: string | undefined;
}

const FACTS = [
  'our_number',
  'channel_number',
  'attempt_id',
  'refund_id',
  'order_id',
  'merchant_id',
  'our_state',
  'channel_amount',
  'our_amount',
  'channel_fee',
  'our_fee',
] as const;

/** The SQL of differences: found again they are the same rows, and they change state only from where they may. */
@Injectable()
export class DifferenceRepository {
  constructor(
    private readonly database: Database,
    private readonly ids: OrderIds,
  ) {}

  /**
   * Stores what was found. Whatever an operator has decided stays decided; what had gone away by itself and is there
   * again is open again.
   *
   * @param carryUntil until when a difference may explain itself on another day's bill.
   * @returns those that are new or open again.
   */
  async record(
    claim: Claim,
    found: readonly FoundDifference[],
    carryUntil: Date,
  ): Promise<FoundDifference[]> {
    if (found.length === 0) return [];
    return this.database.transaction(async (transaction) => {
      const known = await this.statesOf(transaction, claim.accountId, found);
      const now = new Date();
      const rows = found.map((difference) => {
        const carried = difference.next === 'CARRY' && carryUntil > now;
        const wasRepaired = known.get(keyOf(difference)) === 'REPAIRED';
        return [
          this.ids.ofPlatform(),
          claim.id,
          claim.accountId,
          claim.channel,
          claim.billDate,
          difference.kind,
          carried ? 'CARRIED' : 'OPEN',
          difference.subject,
          difference.number,
          ...factsOf(difference),
          difference.explanation.slice(0, 500),
          now,
          claim.run,
          checkAt(difference, wasRepaired, now, carried ? carryUntil : null),
        ];
      });
      await transaction.write(
        `INSERT INTO \`reconciliation_difference\` (\`id\`, \`reconciliation_id\`, \`account_id\`, \`channel\`, \`bill_date\`, \`kind\`, \`state\`, \`subject\`, \`number\`, ${FACTS.map((fact) => `\`${fact}\``).join(', ')}, \`explanation\`, \`detected_at\`, \`seen_in_run\`, \`check_at\`) VALUES ?
           ON DUPLICATE KEY UPDATE ${FACTS.map((fact) => `\`${fact}\` = VALUES(\`${fact}\`)`).join(', ')},
             \`seen_in_run\` = IF(\`reconciliation_id\` = VALUES(\`reconciliation_id\`), VALUES(\`seen_in_run\`), \`seen_in_run\`),
             \`explanation\` = IF(\`state\` IN ('CARRIED', 'OPEN', 'REPAIRED', 'EXPLAINED'), VALUES(\`explanation\`), \`explanation\`),
             \`check_at\` = IF(\`state\` IN ('CARRIED', 'OPEN', 'REPAIRED', 'EXPLAINED'), VALUES(\`check_at\`), \`check_at\`),
             \`settled_at\` = IF(\`state\` IN ('REPAIRED', 'EXPLAINED'), NULL, \`settled_at\`),
             \`state\` = IF(\`state\` IN ('CARRIED', 'REPAIRED', 'EXPLAINED'), VALUES(\`state\`), \`state\`)`,
        [rows],
      );
      return found.filter((difference) => {
        const state = known.get(keyOf(difference));
        return state === undefined || state === 'REPAIRED' || state === 'EXPLAINED';
      });
    });
  }

  /** What an earlier run of this day had found and this one has not, and nobody has decided: it is gone. */
  async explainUnseen(claim: Claim): Promise<void> {
    await this.database.write(
      `UPDATE \`reconciliation_difference\` SET \`state\` = 'EXPLAINED', \`explanation\` = 'The bill and our book agree by now', \`settled_at\` = UTC_TIMESTAMP(3), \`check_at\` = NULL
        WHERE \`reconciliation_id\` = ? AND \`state\` IN ('CARRIED', 'OPEN') AND \`seen_in_run\` < ?`,
      [claim.id, claim.run],
    );
  }

  /** By id, upwards: those of one account that only we have and nobody has settled. */
  unsettledOnlyHere(accountId: string, afterId: string, limit: number): Promise<StoredDifference[]> {
    return this.select(
      "`account_id` = ? AND `kind` = 'ONLY_HERE' AND `state` IN ('CARRIED', 'OPEN') AND `id` > ? ORDER BY `id` LIMIT ?",
      [accountId, afterId, limit],
    );
  }

  /**
   * Takes differences whose time to be looked at has come; each is due again, later and later, whatever happens now.
   *
   * @param reconciliationId only those of a run, by the run itself: it is not done while one of them is being repaired,
   *   so nobody else takes them as long as it is at work.
   */
  async claimDue(limit: number, reconciliationId?: string): Promise<StoredDifference[]> {
    const whose =
      reconciliationId === undefined
        ? "NOT EXISTS (SELECT 1 FROM `reconciliation` AS `r` WHERE `r`.`id` = `reconciliation_id` AND `r`.`state` IN ('LOADING', 'COMPARING'))"
        : '`reconciliation_id` = ?';
    const ids = await this.database.transaction(async (transaction) => {
      const rows = await transaction.query<{ id: string }>(
        `SELECT \`id\` FROM \`reconciliation_difference\` WHERE \`check_at\` <= UTC_TIMESTAMP(3) AND ${whose} ORDER BY \`check_at\` LIMIT ? FOR UPDATE SKIP LOCKED`,
        reconciliationId === undefined ? [limit] : [reconciliationId, limit],
      );
      const found = rows.map(({ id }) => id);
      if (found.length > 0) {
        await transaction.write(
          'UPDATE `reconciliation_difference` SET `check_count` = `check_count` + 1, `check_at` = UTC_TIMESTAMP(3) + INTERVAL LEAST(3600, 30 * POW(2, LEAST(`check_count`, 10))) SECOND WHERE `id` IN (?)',
          [found],
        );
      }
      return found;
    });
    return ids.length === 0 ? [] : this.select('`id` IN (?) ORDER BY `id`', [ids]);
  }

  /** Not looked at again until somebody asks. */
  async rest(id: string, explanation?: string): Promise<void> {
    await this.database.write(
      'UPDATE `reconciliation_difference` SET `check_at` = NULL, `explanation` = COALESCE(?, `explanation`) WHERE `id` = ?',
      [explanation?.slice(0, 500) ?? null, id],
    );
  }

  /** @returns how many were in one of the states `from`, and have moved. */
  async settle(
    executor: SqlExecutor,
    ids: readonly string[],
    from: readonly payment.DifferenceState[],
    settling: Settling,
  ): Promise<number> {
    if (ids.length === 0) return 0;
    const isOpen = settling.to === 'OPEN';
    const isEnd = !isOpen && settling.to !== 'APPROVAL_PENDING';
    const { affectedRows } = await executor.write(
      `UPDATE \`reconciliation_difference\` SET \`state\` = ?, \`explanation\` = COALESCE(?, \`explanation\`), \`reason\` = COALESCE(?, \`reason\`), \`settled_by\` = ${isOpen ? 'NULL' : 'COALESCE(?, `settled_by`)'}, \`approved_by\` = ?, \`settled_at\` = ${isEnd ? 'UTC_TIMESTAMP(3)' : 'NULL'}, \`check_at\` = NULL
        WHERE \`id\` IN (?) AND \`state\` IN (?)`,
      [
        settling.to,
        settling.explanation?.slice(0, 500) ?? null,
        settling.reason ?? null,
        ...(isOpen ? [] : [settling.settledBy ?? null]),
        settling.approvedBy ?? null,
        ids,
        from,
      ],
    );
    return affectedRows;
  }

  async find(id: string): Promise<StoredDifference | null> {
    const [found] = await this.select('`id` = ?', [id]);
    return found ?? null;
  }

  /** Locked until the transaction ends. */
  async lock(transaction: Transaction, id: string): Promise<StoredDifference | null> {
    const [row] = await transaction.query<DifferenceRow>(
      `${SELECT_DIFFERENCES} WHERE \`id\` = ? FOR UPDATE`,
      [id],
    );
    return row ? differenceOf(row) : null;
  }

  /** Newest first, by key: page 1,000 of a download costs what the first does. */
  list(filter: DifferenceFilter, limit: number): Promise<StoredDifference[]> {
    const conditions: [string, SqlValue | undefined][] = [
      ['`reconciliation_id` = ?', filter.reconciliationId],
      ['`state` = ?', filter.state],
      ['`kind` = ?', filter.kind],
      ['`id` < ?', filter.beforeId],
    ];
    const used = conditions.filter((each): each is [string, SqlValue] => each[1] !== undefined);
    return this.select(`${used.map(([sql]) => sql).join(' AND ') || '1'} ORDER BY \`id\` DESC LIMIT ?`, [
      ...used.map(([, value]) => value),
      limit,
    ]);
  }

  private async select(where: string, parameters: readonly SqlValue[]): Promise<StoredDifference[]> {
    const rows = await this.database.query<DifferenceRow>(`${SELECT_DIFFERENCES} WHERE ${where}`, parameters);
    return rows.map(differenceOf);
  }

  private async statesOf(
    transaction: Transaction,
    accountId: string,
    found: readonly FoundDifference[],
  ): Promise<ReadonlyMap<string, payment.DifferenceState>> {
    const rows = await transaction.query<
      Pick<FoundDifference, 'subject' | 'number' | 'kind'> & { state: payment.DifferenceState }
    >(
      'SELECT `subject`, `number`, `kind`, `state` FROM `reconciliation_difference` WHERE `account_id` = ? AND `subject` IN (?) AND `number` IN (?) FOR UPDATE',
      [accountId, [...new Set(found.map(({ subject }) => subject))], found.map(({ number }) => number)],
    );
    return new Map(rows.map((row) => [keyOf(row), row.state]));
  }
}

const keyOf = ({ subject, number, kind }: Pick<FoundDifference, 'subject' | 'number' | 'kind'>) =>
  `${subject}:${number}:${kind}`;

function factsOf(difference: FoundDifference): SqlValue[] {
  return [
    difference.ourNumber,
    difference.channelNumber,
    difference.attemptId,
    difference.refundId,
    difference.orderId,
    difference.merchantId,
    difference.ourState,
    difference.channelAmount,
    difference.ourAmount,
    difference.channelFee,
    difference.ourFee,
  ];
}

function checkAt(
  difference: FoundDifference,
  wasRepaired: boolean,
  now: Date,
  carriedUntil: Date | null,
): Date | null {
  if (carriedUntil) return carriedUntil;
  // A fee is corrected once: one that differs again after that has somebody else's hand in it.
  if (difference.next !== 'REPAIR' || (wasRepaired && difference.kind === 'FEE_DIFFERS')) return null;
  return now;
}
