import { CHAIN_START, SEALED_COLUMNS, type SealedRow, linkOf, sealOfRow } from '#libs/chain';
import { type Book, type Invariant, type OffendingRow, ROW_LIMIT } from './invariant.js';

/** Rows of one read: memory does not grow with the book. */
const PAGE = 5_000;

interface EntryRow {
  readonly account_id: string;
  readonly seq: string;
  readonly transfer_id: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly link: Buffer;
  readonly seal: Buffer | null;
}

interface Head {
  readonly id: string;
  readonly code: string;
  readonly version: string;
  readonly link: Buffer;
}

/** What was written stands as it was written: a single changed byte is found, and named. */
export const CHAIN_INVARIANTS: readonly Invariant[] = [
  {
    name: 'transfers are as they were sealed',
    rule: 'nothing that a transfer says has changed since it was decided',
    findOffenders: ({ wallet }) => brokenSeals(wallet),
  },
  {
    name: 'entries are chained',
    rule: "each entry's link is the hash of the link before it, of the entry, and of its transfer's seal; an account has its newest",
    findOffenders: ({ wallet }) => brokenLinks(wallet),
  },
];

async function brokenSeals(wallet: Book): Promise<OffendingRow[]> {
  const broken: OffendingRow[] = [];
  for (let afterId = '0'; broken.length < ROW_LIMIT;) {
    const rows = await wallet.query<SealedRow & { readonly seal: Buffer }>(
      `SELECT ${SEALED_COLUMNS}, \`seal\` FROM \`transfer\` WHERE \`id\` > ? ORDER BY \`id\` LIMIT ?`,
      [afterId, PAGE],
    );
    for (const row of rows) {
      if (sealOfRow(row).equals(row.seal)) continue;
      broken.push({ transfer_id: row.id, scope: row.scope, idempotency_key: row.idempotency_key });
    }
    if (rows.length < PAGE) break;
    afterId = rows.at(-1)?.id ?? afterId;
  }
  return broken.slice(0, ROW_LIMIT);
}

/** An account's newest link is read before its entries: what is posted meanwhile comes after it. */
async function brokenLinks(wallet: Book): Promise<OffendingRow[]> {
  const broken: OffendingRow[] = [];
  for (let afterId = '0'; broken.length < ROW_LIMIT;) {
    const heads = await wallet.query<Head>(
      'SELECT `id`, `code`, `version`, `link` FROM `account` WHERE `id` > ? ORDER BY `id` LIMIT ?',
      [afterId, PAGE],
    );
    for (const head of heads) {
      const found = await brokenLinkOf(wallet, head);
      if (found) broken.push({ account_id: head.id, code: head.code, ...found });
      if (broken.length === ROW_LIMIT) break;
    }
    if (heads.length < PAGE) break;
    afterId = heads.at(-1)?.id ?? afterId;
  }
  return broken;
}

/** The first entry of an account that does not fit: what comes after it can't fit either. */
async function brokenLinkOf(wallet: Book, head: Head): Promise<OffendingRow | undefined> {
  let link = CHAIN_START;
  for (let afterSeq = '0'; ;) {
    const rows = await wallet.query<EntryRow>(
      'SELECT `e`.`account_id`, `e`.`seq`, `e`.`transfer_id`, `e`.`amount`, `e`.`balance_after`, `e`.`link`, `t`.`seal` FROM `entry` AS `e` LEFT JOIN `transfer` AS `t` ON `t`.`id` = `e`.`transfer_id` WHERE `e`.`account_id` = ? AND `e`.`seq` > ? AND `e`.`seq` <= ? ORDER BY `e`.`seq` LIMIT ?',
      [head.id, afterSeq, head.version, PAGE],
    );
    for (const row of rows) {
      link = linkOf(link, entryOf(row), row.seal ?? CHAIN_START);
      if (!link.equals(row.link)) return { seq: row.seq, transfer_id: row.transfer_id };
    }
    if (rows.length < PAGE) break;
    afterSeq = rows.at(-1)?.seq ?? afterSeq;
  }
  return link.equals(head.link) ? undefined : { seq: head.version, link: 'the account has another' };
}

const entryOf = (row: EntryRow) => ({
  accountId: row.account_id,
  seq: Number(row.seq),
  transferId: row.transfer_id,
  amount: BigInt(row.amount),
  balanceAfter: BigInt(row.balance_after),
});
