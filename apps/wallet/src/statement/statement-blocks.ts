import { Injectable } from '@nestjs/common';
import { wallet } from '#libs/contracts';
import { Database } from '#libs/database';

/** Entries of a block. A moment is found by reading one block at most, and its transfers lie all over the disk: so not many. */
export const BLOCK_ENTRIES = 256;
/** Blocks that one statement fills. */
const FILL_BLOCKS = 64;
const LONG_AGO = '1000-01-01 00:00:00.000000';

/** An account as far as its statement reads it: entries that come later are not seen. */
export interface StatementAccount {
  readonly id: string;
  readonly version: number;
}

/** Whether what happens at the very moment belongs to it. */
export type Until = 'before' | 'at';

/**
 * Finds moments and kinds in an account without reading its entries. Entries never change, so what is known of a full
 * block stays true: the latest time in it and in all blocks before it, the kinds that it has, what it sums to. Blocks are
 * filled when a statement first needs them; the cost of that is a read of each entry, once.
 *
 * Which entries had been made by a moment: `created_at` is taken when a posting begins, by several processes, so that in
 * an account's order it nearly, but not quite, ascends. An entry counts from the latest `created_at` of it and of all
 * entries before it. That ascends, whatever any clock said, and so a moment stands between two entries, always the same.
 */
@Injectable()
export class StatementBlocks {
  constructor(private readonly database: Database) {}

  /** How many of an account's entries had been made by a moment: the `seq` of the last of them. */
  async entriesUntil(account: StatementAccount, at: Date, until: Until): Promise<number> {
    await this.fill(account);
    const isOver = until === 'at' ? '<=' : '<';
    const [block] = await this.database.query<{ last_seq: string }>(
      `SELECT \`last_seq\` FROM \`statement_block\` WHERE \`account_id\` = ? AND \`latest_at\` ${isOver} ? ORDER BY \`latest_at\` DESC, \`last_seq\` DESC LIMIT 1`,
      [account.id, at],
    );
    const known = Number(block?.last_seq ?? 0);
    // Somebody else may have filled blocks that this statement does not see.
    if (known >= account.version) return account.version;
    const end = Math.min(known + BLOCK_ENTRIES, account.version);
    const [later] = await this.database.query<{ seq: string }>(
      `SELECT STRAIGHT_JOIN \`e\`.\`seq\` FROM \`entry\` AS \`e\` JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
        WHERE \`e\`.\`account_id\` = ? AND \`e\`.\`seq\` > ? AND \`e\`.\`seq\` <= ? AND NOT (\`t\`.\`created_at\` ${isOver} ?)
        ORDER BY \`e\`.\`seq\` LIMIT 1`,
      [account.id, known, end, at],
    );
    return later ? Number(later.seq) - 1 : end;
  }

  /**
   * The stretches of `afterSeq < seq <= lastSeq` in which there are entries of a kind, or may be; neighbouring blocks are
   * one. A page of them at a time: the next one begins where the last stretch ends.
   */
  async stretchesOf(
    account: StatementAccount,
    kind: string,
    { afterSeq, lastSeq, newestFirst }: SeqRange & { readonly newestFirst: boolean },
    limit: number,
  ): Promise<SeqRange[]> {
    await this.fill(account);
    const full = account.version - (account.version % BLOCK_ENTRIES);
    const rows = await this.database.query<{ last_seq: string }>(
      `SELECT \`last_seq\` FROM \`statement_block\`
        WHERE \`account_id\` = ? AND \`last_seq\` > ? AND \`last_seq\` < ? AND \`last_seq\` <= ? AND FIND_IN_SET(?, \`kinds\`)
        ORDER BY \`last_seq\` ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
      [account.id, afterSeq, lastSeq + BLOCK_ENTRIES, full, kind, limit],
    );
    const blocks = rows.map(({ last_seq: last }) => ({
      afterSeq: Number(last) - BLOCK_ENTRIES,
      lastSeq: Number(last),
    }));
    // What is in no block yet is looked at, whatever it has; where there are more blocks than asked for, it is not the turn.
    const tail = { afterSeq: full, lastSeq: account.version };
    const all = newestFirst ? [tail, ...blocks] : rows.length < limit ? [...blocks, tail] : blocks;
    return joined(all)
      .map((each) => ({
        afterSeq: Math.max(each.afterSeq, afterSeq),
        lastSeq: Math.min(each.lastSeq, lastSeq),
      }))
      .filter((each) => each.afterSeq < each.lastSeq);
  }

  /** What the full blocks within `afterSeq < seq <= lastSeq` sum to, and the entries beside them that are not in it. */
  async sumsOf(
    account: StatementAccount,
    { afterSeq, lastSeq }: SeqRange,
  ): Promise<{ credits: bigint; debits: bigint; rest: SeqRange[] }> {
    const from = Math.ceil(afterSeq / BLOCK_ENTRIES) * BLOCK_ENTRIES;
    const to = Math.floor(lastSeq / BLOCK_ENTRIES) * BLOCK_ENTRIES;
    if (to <= from) return { credits: 0n, debits: 0n, rest: [{ afterSeq, lastSeq }] };
    await this.fill(account);
    const [row] = await this.database.query<{ credits: string; debits: string }>(
      'SELECT SUM(`credits`) AS `credits`, SUM(`debits`) AS `debits` FROM `statement_block` WHERE `account_id` = ? AND `last_seq` > ? AND `last_seq` <= ?',
      [account.id, from, to],
    );
    const rest = [
      { afterSeq, lastSeq: from },
      { afterSeq: to, lastSeq },
    ];
    return {
      credits: BigInt(row?.credits ?? 0),
      debits: BigInt(row?.debits ?? 0),
      rest: rest.filter((each) => each.afterSeq < each.lastSeq),
    };
  }

  /** Two may do it at the same time: they write the same. What is done stays done when the caller has given up. */
  private async fill({ id, version }: StatementAccount): Promise<void> {
    if (version < BLOCK_ENTRIES) return;
    const full = version - (version % BLOCK_ENTRIES);
    const [newest] = await this.database.query<{ last_seq: string }>(
      'SELECT `last_seq` FROM `statement_block` WHERE `account_id` = ? ORDER BY `last_seq` DESC LIMIT 1',
      [id],
    );
    let filled = Number(newest?.last_seq ?? 0);
    while (filled < full) {
      const end = Math.min(full, filled + FILL_BLOCKS * BLOCK_ENTRIES);
      await this.fillTo(id, filled, end);
      filled = end;
    }
  }

  private async fillTo(accountId: string, filled: number, end: number): Promise<void> {
    // As text: a `Date` has no microseconds. This text sorts as its moment does.
    const [before] = await this.database.query<{ at: string }>(
      'SELECT CAST(`latest_at` AS CHAR) AS `at` FROM `statement_block` WHERE `account_id` = ? AND `last_seq` = ?',
      [accountId, filled],
    );
    const rows = await this.database.query<BlockRow>(
      // Kinds as bits: with text in it, this would be sorted on disk.
      `SELECT STRAIGHT_JOIN (\`e\`.\`seq\` - 1) DIV ? AS \`block\`, CAST(MAX(\`t\`.\`created_at\`) AS CHAR) AS \`latest\`,
              BIT_OR(1 << FIND_IN_SET(\`t\`.\`kind\`, ?)) AS \`kinds\`,
              SUM(GREATEST(\`e\`.\`amount\`, 0)) AS \`credits\`, SUM(LEAST(\`e\`.\`amount\`, 0)) AS \`debits\`
         FROM \`entry\` AS \`e\` JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
        WHERE \`e\`.\`account_id\` = ? AND \`e\`.\`seq\` > ? AND \`e\`.\`seq\` <= ?
        GROUP BY \`block\` ORDER BY \`block\``,
      [BLOCK_ENTRIES, KINDS.join(','), accountId, filled, end],
    );
    let latest = before?.at ?? LONG_AGO;
    const values = rows.map(({ block, latest: latestIn, kinds, credits, debits }) => {
      if (latestIn > latest) latest = latestIn;
      return [
        accountId,
        (Number(block) + 1) * BLOCK_ENTRIES,
        latest,
        kindsIn(BigInt(kinds)),
        credits,
        debits,
      ];
    });
    await this.database.transaction((transaction) =>
      transaction.write(
        'INSERT INTO `statement_block` (`account_id`, `last_seq`, `latest_at`, `kinds`, `credits`, `debits`) VALUES ? ON DUPLICATE KEY UPDATE `last_seq` = `last_seq`',
        [values],
      ),
    );
  }
}

interface BlockRow {
  readonly block: string;
  readonly latest: string;
  readonly kinds: string;
  readonly credits: string;
  readonly debits: string;
}

const KINDS = wallet.transferKind.options;

/** `FIND_IN_SET` counts from one. */
const kindsIn = (bits: bigint): string =>
  KINDS.filter((_, index) => (bits >> BigInt(index + 1)) & 1n).join(',');

/** Entries `afterSeq < seq <= lastSeq` of an account. */
export interface SeqRange {
  readonly afterSeq: number;
  readonly lastSeq: number;
}

/** Neighbours as one, in whichever direction they go. */
function joined(ranges: readonly SeqRange[]): SeqRange[] {
  const result: SeqRange[] = [];
  for (const range of ranges) {
    const previous = result.at(-1);
    if (previous?.afterSeq === range.lastSeq) result.splice(-1, 1, { ...previous, afterSeq: range.afterSeq });
    else if (previous?.lastSeq === range.afterSeq)
      result.splice(-1, 1, { ...previous, lastSeq: range.lastSeq });
    else result.push(range);
  }
  return result;
}
