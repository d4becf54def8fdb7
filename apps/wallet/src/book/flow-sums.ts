import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import {
  ALIPAY_CLEARING,
  BANK,
  SUSPENSE,
  type SystemAccount,
  WECHAT_CLEARING,
} from '../ledger/chart-of-accounts.js';

const EVERY_MS = 2_000;
/** Entries of one account that one round adds up. */
const BATCH = 5_000;

/** The accounts between us and the outside. */
export const BOUNDARY: readonly SystemAccount[] = [ALIPAY_CLEARING, WECHAT_CLEARING, BANK, SUSPENSE];

/**
 * Adds up, kind of transfer by kind, what came into the boundary accounts and went out: each entry once, in the order of
 * its number, so that looking at the sums costs the same however long the book has become.
 */
@Injectable()
export class FlowSums extends SweepHost {
  constructor(
    private readonly database: Database,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return [
      {
        name: 'add up the flows of the boundary accounts',
        everyMs: EVERY_MS,
        batch: BATCH,
        work: () => this.round(),
      },
    ];
  }

  /** @returns the most entries that were added up of any account. */
  async round(batch = BATCH): Promise<number> {
    let most = 0;
    for (const { id } of BOUNDARY) {
      const added = await this.database.transaction((transaction) =>
        addUp(transaction, id.toString(), batch),
      );
      most = Math.max(most, added);
    }
    return most;
  }
}

/** An account's entries get their numbers in the order of their commits, so what is not there yet has a higher one. */
async function addUp(transaction: Transaction, accountId: string, batch: number): Promise<number> {
  const position = await positionOf(transaction, accountId);
  if (position === undefined) {
    await transaction.write(
      'INSERT IGNORE INTO `account_flow_position` (`account_id`, `seq`) VALUES (?, 0)',
      [accountId],
    );
    return addUp(transaction, accountId, batch);
  }
  const rows = await transaction.query<{
    kind: string;
    credited: string;
    debited: string;
    last: string;
    count: string;
  }>(
    `SELECT \`t\`.\`kind\`, SUM(GREATEST(\`e\`.\`amount\`, 0)) AS \`credited\`, SUM(GREATEST(-\`e\`.\`amount\`, 0)) AS \`debited\`, MAX(\`e\`.\`seq\`) AS \`last\`, COUNT(*) AS \`count\`
       FROM (SELECT \`transfer_id\`, \`seq\`, \`amount\` FROM \`entry\` WHERE \`account_id\` = ? AND \`seq\` > ? ORDER BY \`seq\` LIMIT ?) AS \`e\`
       JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\` GROUP BY \`t\`.\`kind\``,
    [accountId, position, batch],
  );
  if (rows.length === 0) return 0;
  await transaction.write(
    'INSERT INTO `account_flow` (`account_id`, `kind`, `credited`, `debited`) VALUES ? ON DUPLICATE KEY UPDATE `credited` = `credited` + VALUES(`credited`), `debited` = `debited` + VALUES(`debited`)',
    [rows.map(({ kind, credited, debited }) => [accountId, kind, credited, debited])],
  );
  const last = rows.map((row) => BigInt(row.last)).reduce((a, b) => (a > b ? a : b));
  await transaction.write('UPDATE `account_flow_position` SET `seq` = ? WHERE `account_id` = ?', [
    last,
    accountId,
  ]);
  return rows.reduce((sum, { count }) => sum + Number(count), 0);
}

/** Locked at once: an INSERT IGNORE first would share the row's lock, and two who both want it whole would deadlock. */
async function positionOf(transaction: Transaction, accountId: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ seq: string }>(
    'SELECT `seq` FROM `account_flow_position` WHERE `account_id` = ? FOR UPDATE',
    [accountId],
  );
  return row?.seq;
}
