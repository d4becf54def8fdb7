import { Injectable } from '@nestjs/common';
import { SEALED_COLUMNS, type SealedRow, type StandingEntry } from '#libs/chain';
import type { SqlExecutor } from '#libs/database';

/** A transfer as it stands. */
export interface StandingTransfer extends SealedRow {
  readonly seal: Buffer;
  readonly resolves_id: string | null;
}

/** An account, its newest entry and what was verified of it: all of one moment. */
export interface StandingAccount {
  readonly id: string;
  readonly code: string;
  readonly ownerId: string | null;
  readonly posted: bigint;
  readonly held: bigint;
  readonly floor: bigint | null;
  readonly version: number;
  readonly link: Buffer;
  /** The highest number of an entry; 0 without any. */
  readonly lastSeq: number;
  /** The entry with the number `version`. */
  readonly newest: { readonly balance: bigint; readonly link: Buffer } | null;
  readonly anchor: Anchor | null;
}

/** The newest entry of an account that was verified. */
export interface Anchor {
  readonly seq: number;
  readonly link: Buffer;
  readonly balance: bigint;
}

export interface EntryRange {
  readonly accountId: string;
  /** Entries after this one. */
  readonly afterSeq: number;
  readonly untilSeq: number;
}

interface EntryRow {
  readonly account_id: string;
  readonly seq: string;
  readonly transfer_id: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly link: Buffer;
}

type AccountRow = Readonly<
  Record<'id' | 'code' | 'posted' | 'held' | 'version', string> &
    Record<'owner_id' | 'floor_amount' | 'last_seq' | 'newest_balance', string | null> &
    Record<'anchor_seq' | 'anchor_balance', string | null> &
    Record<'newest_link' | 'anchor_link', Buffer | null>
> & { readonly link: Buffer };

const ENTRY = '`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`, `link`';
const TRANSFER = `${SEALED_COLUMNS}, \`seal\`, \`resolves_id\``;

/**
 * One statement, so that an account and its newest entry are of one moment, whatever is being posted: read one after the
 * other they would differ all the time and mean nothing. Not `MAX(seq)`: of a correlated account, MariaDB reads every entry
 * there is to find it, at each posting to it once more.
 */
const ACCOUNT = `SELECT \`a\`.\`id\`, \`a\`.\`code\`, \`a\`.\`owner_id\`, \`a\`.\`posted\`, \`a\`.\`held\`, \`a\`.\`floor_amount\`, \`a\`.\`version\`, \`a\`.\`link\`,
    (SELECT \`m\`.\`seq\` FROM \`entry\` AS \`m\` WHERE \`m\`.\`account_id\` = \`a\`.\`id\` ORDER BY \`m\`.\`seq\` DESC LIMIT 1) AS \`last_seq\`,
    \`e\`.\`balance_after\` AS \`newest_balance\`, \`e\`.\`link\` AS \`newest_link\`,
    \`c\`.\`seq\` AS \`anchor_seq\`, \`c\`.\`link\` AS \`anchor_link\`, \`c\`.\`balance\` AS \`anchor_balance\`
  FROM \`account\` AS \`a\`
  LEFT JOIN \`entry\` AS \`e\` ON \`e\`.\`account_id\` = \`a\`.\`id\` AND \`e\`.\`seq\` = \`a\`.\`version\`
  LEFT JOIN \`checker_anchor\` AS \`c\` ON \`c\`.\`account_id\` = \`a\`.\`id\``;

/** What the checker reads of the book. Nothing in here waits for a lock or makes anybody wait. */
@Injectable()
export class BookReader {
  async transfers(from: SqlExecutor, ids: readonly string[]): Promise<StandingTransfer[]> {
    if (ids.length === 0) return [];
    return from.query(`SELECT ${TRANSFER} FROM \`transfer\` WHERE \`id\` IN (?)`, [ids]);
  }

  async transfersAfter(from: SqlExecutor, afterId: string, limit: number): Promise<StandingTransfer[]> {
    const sql = `SELECT ${TRANSFER} FROM \`transfer\` WHERE \`id\` > ? ORDER BY \`id\` LIMIT ?`;
    return from.query(sql, [afterId, limit]);
  }

  /** All entries of these transfers, by account and number. */
  async entriesOf(from: SqlExecutor, transferIds: readonly string[]): Promise<StandingEntry[]> {
    if (transferIds.length === 0) return [];
    const rows = await from.query<EntryRow>(
      `SELECT ${ENTRY} FROM \`entry\` FORCE INDEX (\`entry_transfer\`) WHERE \`transfer_id\` IN (?) ORDER BY \`account_id\`, \`seq\``,
      [transferIds],
    );
    return rows.map(entryOf);
  }

  /** Entries of several accounts, by account and number. */
  async entriesIn(from: SqlExecutor, ranges: readonly EntryRange[], limit: number): Promise<StandingEntry[]> {
    if (ranges.length === 0) return [];
    const rows = await from.query<EntryRow>(
      `SELECT ${ENTRY} FROM \`entry\` FORCE INDEX (PRIMARY) WHERE ${ranges.map(() => '(`account_id` = ? AND `seq` > ? AND `seq` <= ?)').join(' OR ')} ORDER BY \`account_id\`, \`seq\` LIMIT ?`,
      [...ranges.flatMap(({ accountId, afterSeq, untilSeq }) => [accountId, afterSeq, untilSeq]), limit],
    );
    return rows.map(entryOf);
  }

  async accounts(from: SqlExecutor, ids: readonly string[]): Promise<StandingAccount[]> {
    if (ids.length === 0) return [];
    const rows = await from.query<AccountRow>(`${ACCOUNT} WHERE \`a\`.\`id\` IN (?) ORDER BY \`a\`.\`id\``, [
      ids,
    ]);
    return rows.map(accountOf);
  }

  async accountsAfter(from: SqlExecutor, afterId: string, limit: number): Promise<StandingAccount[]> {
    const sql = `${ACCOUNT} WHERE \`a\`.\`id\` > ? ORDER BY \`a\`.\`id\` LIMIT ?`;
    return (await from.query<AccountRow>(sql, [afterId, limit])).map(accountOf);
  }

  /** Accounts of a kind that an owner has, or of the platform with null. */
  async accountIdsOf(
    from: SqlExecutor,
    kind: string,
    ownerId: string | null,
    limit: number,
  ): Promise<string[]> {
    const rows = await from.query<{ id: string }>(
      'SELECT `id` FROM `account` WHERE `kind` = ? AND `owner_id` <=> ? ORDER BY `id` DESC LIMIT ?',
      [kind, ownerId, limit],
    );
    return rows.map(({ id }) => id);
  }

  async sumOfBalances(from: SqlExecutor): Promise<bigint> {
    const [row] = await from.query<{ sum: string | null }>('SELECT SUM(`posted`) AS `sum` FROM `account`');
    return BigInt(row?.sum ?? 0);
  }
}

const entryOf = (row: EntryRow): StandingEntry => ({
  accountId: row.account_id,
  seq: Number(row.seq),
  transferId: row.transfer_id,
  amount: BigInt(row.amount),
  balanceAfter: BigInt(row.balance_after),
  link: row.link,
});

function accountOf(row: AccountRow): StandingAccount {
  const { newest_balance: newestBalance, newest_link: newestLink } = row;
  const { anchor_seq: anchorSeq, anchor_link: anchorLink, anchor_balance: anchorBalance } = row;
  return {
    id: row.id,
    code: row.code,
    ownerId: row.owner_id,
    posted: BigInt(row.posted),
    held: BigInt(row.held),
    floor: row.floor_amount === null ? null : BigInt(row.floor_amount),
    version: Number(row.version),
    link: row.link,
    lastSeq: Number(row.last_seq ?? 0),
    newest: newestLink === null ? null : { balance: BigInt(newestBalance ?? 0), link: newestLink },
    anchor:
      anchorLink === null
        ? null
        : { seq: Number(anchorSeq), link: anchorLink, balance: BigInt(anchorBalance ?? 0) },
  };
}
