import { SEALED_COLUMNS, type SealedRow, sealOfRow } from '#libs/chain';
import { type Book, type OffendingRow, ROW_LIMIT } from './invariant.js';
import { oncePerLook } from './one-look.js';
import { readAhead } from './read-ahead.js';

/** Rows of one read: memory does not grow with the book. */
const PAGE = 5_000;
const MAX_ID = (2n ** 63n - 1n).toString();

type Rule = 'balance' | 'booked' | 'seal' | 'told';

/** What broke each rule, `ROW_LIMIT` rows at most. */
export type TransferOffenders = Readonly<Record<Rule, OffendingRow[]>>;

interface TransferRow extends SealedRow {
  readonly seal: Buffer;
  readonly resolves_id: string | null;
}

interface Sum {
  readonly transfer_id: string;
  readonly sum: string;
  readonly entries: string;
}

/**
 * Goes over all transfers in the order of their ids, each page with what is booked and told of it: read after the transfers,
 * and written with them, so what is right looks right.
 */
export const walkTransfers = oncePerLook(async ({ wallet }): Promise<TransferOffenders> => {
  const offenders: TransferOffenders = { balance: [], booked: [], seal: [], told: [] };
  const offend = (rule: Rule, row: OffendingRow) => {
    if (offenders[rule].length < ROW_LIMIT) offenders[rule].push(row);
  };
  for await (const { rows, sums, told } of readAhead(pagesOf(wallet))) {
    for (const row of rows) {
      const { id: transfer_id, scope, idempotency_key, status } = row;
      // Holds are accounts of their own: no transfer resolves another.
      if (!sealOfRow(row).equals(row.seal) || row.resolves_id !== null)
        offend('seal', { transfer_id, scope, idempotency_key });
      const booked = sums.get(transfer_id);
      sums.delete(transfer_id);
      const entries = Number(booked?.entries ?? 0);
      if (booked && booked.sum !== '0') offend('balance', { transfer_id, sum: booked.sum });
      if (status === 'posted' ? entries < 2 : entries > 0) offend('booked', { transfer_id, status, entries });
      const announcements = told.get(transfer_id) ?? 0;
      if (status === 'posted' && announcements !== 1)
        offend('told', { transfer_id, outbox_rows: announcements });
    }
    for (const row of await ownerless(wallet, sums)) offend('booked', row);
  }
  return offenders;
});

interface Page {
  readonly rows: readonly TransferRow[];
  readonly sums: Map<string, Sum>;
  readonly told: ReadonlyMap<string, number>;
}

async function* pagesOf(wallet: Book): AsyncGenerator<Page, void> {
  for (let afterId = '0'; ;) {
    const rows = await wallet.query<TransferRow>(
      `SELECT ${SEALED_COLUMNS}, \`seal\`, \`resolves_id\` FROM \`transfer\` WHERE \`id\` > ? ORDER BY \`id\` LIMIT ?`,
      [afterId, PAGE],
    );
    const isLast = rows.length < PAGE;
    const untilId = isLast ? MAX_ID : (rows.at(-1)?.id ?? MAX_ID);
    const [sums, told] = await Promise.all([sumsBetween(wallet, afterId, untilId), toldOf(wallet, rows)]);
    yield { rows, sums, told };
    if (isLast) return;
    afterId = untilId;
  }
}

/** What entries sum to, by transfer. */
async function sumsBetween(wallet: Book, afterId: string, untilId: string): Promise<Map<string, Sum>> {
  const sums = await wallet.query<Sum>(
    'SELECT `transfer_id`, CAST(SUM(`amount`) AS CHAR) AS `sum`, COUNT(*) AS `entries` FROM `entry` FORCE INDEX (`entry_transfer`) WHERE `transfer_id` > ? AND `transfer_id` <= ? GROUP BY `transfer_id`',
    [afterId, untilId],
  );
  return new Map(sums.map((sum) => [sum.transfer_id, sum]));
}

async function toldOf(wallet: Book, rows: readonly TransferRow[]): Promise<Map<string, number>> {
  const ids = rows.filter(({ status }) => status === 'posted').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const told = await wallet.query<{ id: string; n: string }>(
    "SELECT `aggregate_id` AS `id`, COUNT(*) AS `n` FROM `outbox` WHERE `aggregate_id` IN (?) AND `event_name` = 'transfer.posted' GROUP BY `aggregate_id`",
    [ids],
  );
  return new Map(told.map(({ id, n }) => [id, Number(n)]));
}

/** Entries whose transfer was not on the page: it was committed since, or there is none. */
async function ownerless(wallet: Book, sums: ReadonlyMap<string, Sum>): Promise<OffendingRow[]> {
  if (sums.size === 0) return [];
  const ids = [...sums.keys()];
  const rows = await wallet.query<{ id: string }>('SELECT `id` FROM `transfer` WHERE `id` IN (?)', [ids]);
  const there = new Set(rows.map(({ id }) => id));
  return ids
    .filter((id) => !there.has(id))
    .map((id) => ({ transfer_id: id, status: 'missing', entries: Number(sums.get(id)?.entries) }));
}
