import type { Database, SqlExecutor } from '#libs/database';

export interface OutboxRow {
  readonly id: number;
  /** The transfer that it announces; null when it is another event. */
  readonly transferId: string | null;
}

interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** So many ids that nobody can see are asked about at once. */
const MOST_GAPS = 100;

/**
 * Reads the outbox in the order of its ids and never passes over a row that is still to be committed.
 *
 * Ids are handed out in order and committed in any: row 7 can be visible while 6 is not yet there, or never comes because
 * its transaction was rolled back. An id that is not to be seen is therefore not passed before both of this is true. First,
 * it was handed out a while ago (`settleMs`: a higher one was visible then), which is far longer than the server takes from
 * giving a statement its ids to putting its rows into the index. Second, a locking read of exactly the missing ids came
 * back: it waits for whoever has put a row there and not committed it yet, and gives the row if that was committed.
 */
export class CommittedRows {
  /** Newest ids that were visible, and when. */
  private readonly seen: { readonly id: number; readonly atMs: number }[] = [];

  /** @param database not the caller's transaction, so that what is locked here is free again at once. */
  constructor(
    private readonly database: Database,
    private readonly settleMs: number,
  ) {}

  /** The next rows after a position, without a gap that could still be filled; at most `limit`, or a few more. */
  async after(position: number, limit: number): Promise<OutboxRow[]> {
    const rows = await read(this.database, '`id` > ?', [position], `ORDER BY \`id\` LIMIT ${limit}`);
    const newest = rows.at(-1);
    if (!newest) return [];
    const settled = this.settledUpTo(newest.id);
    const { end, gaps } = reach(position, rows, settled);
    if (gaps.length === 0) return rows.filter(({ id }) => id <= end);
    // In a transaction: without one, a SELECT … FOR UPDATE waits for nobody.
    const late = await this.database.transaction((transaction) =>
      read(
        transaction,
        gaps.map(() => '`id` BETWEEN ? AND ?').join(' OR '),
        gaps.flatMap(({ first, last }) => [first, last]),
        'FOR UPDATE',
      ),
    );
    return [...rows.filter(({ id }) => id <= end), ...late].sort((a, b) => a.id - b.id);
  }

  /** Every id up to this one was handed out at least `settleMs` ago. */
  private settledUpTo(newest: number): number {
    const now = performance.now();
    if ((this.seen.at(-1)?.id ?? -1) < newest) this.seen.push({ id: newest, atMs: now });
    const old = this.seen.findLastIndex(({ atMs }) => now - atMs >= this.settleMs);
    if (old > 0) this.seen.splice(0, old);
    return old < 0 ? -1 : (this.seen[0]?.id ?? -1);
  }
}

async function read(
  from: SqlExecutor,
  where: string,
  parameters: readonly number[],
  how: string,
): Promise<OutboxRow[]> {
  const rows = await from.query<{ id: string; event_name: string; aggregate_id: string }>(
    `SELECT \`id\`, \`event_name\`, \`aggregate_id\` FROM \`outbox\` FORCE INDEX (PRIMARY) WHERE ${where} ${how}`,
    parameters,
  );
  return rows.map((row) => ({
    id: Number(row.id),
    transferId: row.event_name === 'transfer.posted' ? row.aggregate_id : null,
  }));
}

/** How far one may go, and the gaps on that way. */
function reach(
  position: number,
  rows: readonly OutboxRow[],
  settled: number,
): { end: number; gaps: IdRange[] } {
  const gaps: IdRange[] = [];
  let end = position;
  for (const { id } of rows) {
    if (id > end + 1) {
      if (id - 1 > settled || gaps.length === MOST_GAPS) break;
      gaps.push({ first: end + 1, last: id - 1 });
    }
    end = id;
  }
  return { end, gaps };
}
