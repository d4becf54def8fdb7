import { CHAIN_BEGIN, CHAIN_START, ChainWalk, type StandingEntry } from '#libs/chain';
import { type Book, type OffendingRow, ROW_LIMIT } from './invariant.js';
import { oncePerLook } from './one-look.js';
import { readAhead } from './read-ahead.js';

/** Rows of one read: memory does not grow with the book. */
const PAGE = 5_000;
const ACCOUNTS = 500;

type Rule = 'sum' | 'run' | 'head' | 'chain';

/** What broke each rule, `ROW_LIMIT` rows at most. */
export type WalkOffenders = Readonly<Record<Rule, OffendingRow[]>>;

interface Head {
  readonly id: string;
  readonly code: string;
  readonly posted: string;
  readonly version: string;
  readonly link: Buffer;
  readonly last_seq: string;
}

interface EntryRow {
  readonly account_id: string;
  readonly seq: string;
  readonly transfer_id: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly link: Buffer;
  readonly seal: Buffer | null;
}

interface Range {
  readonly head: Head;
  readonly afterSeq: number;
}

/**
 * Walks along every account once, entry by entry, for all rules about accounts and their entries. An account's row is read
 * before its entries, and in one statement with the number of the newest: what is posted meanwhile comes after it. Accounts
 * with few entries share a read, one with many takes several.
 */
export const walkAccounts = oncePerLook(async ({ wallet }): Promise<WalkOffenders> => {
  const offenders: WalkOffenders = { sum: [], run: [], head: [], chain: [] };
  const ways = new Map<string, AccountWay>();
  for await (const { rows, begun, ended } of readAhead(pagesOf(wallet))) {
    for (const head of begun) ways.set(head.id, new AccountWay(head, offenders));
    for (const row of rows) ways.get(row.account_id)?.step(row);
    for (const { id } of ended) {
      ways.get(id)?.end();
      ways.delete(id);
    }
  }
  offenders.sum.push(...(await ownerless(wallet)));
  return offenders;
});

/** Entries of accounts that are gone: with a balance of zero, nothing else would miss them. */
function ownerless(wallet: Book): Promise<OffendingRow[]> {
  return wallet.query(
    `SELECT \`e\`.\`account_id\`, 'missing' AS \`account\` FROM (SELECT DISTINCT \`account_id\` FROM \`entry\`) AS \`e\` LEFT JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\` WHERE \`a\`.\`id\` IS NULL LIMIT ${ROW_LIMIT}`,
  );
}

/** Entries of some accounts, and which accounts begin and end with them. */
interface Page {
  readonly rows: readonly EntryRow[];
  readonly begun: readonly Head[];
  readonly ended: readonly Head[];
}

async function* pagesOf(wallet: Book): AsyncGenerator<Page, void> {
  for (let afterId = '0'; ;) {
    const heads = await wallet.query<Head>(
      'SELECT `a`.`id`, `a`.`code`, `a`.`posted`, `a`.`version`, `a`.`link`, COALESCE((SELECT MAX(`e`.`seq`) FROM `entry` AS `e` WHERE `e`.`account_id` = `a`.`id`), 0) AS `last_seq` FROM `account` AS `a` WHERE `a`.`id` > ? ORDER BY `a`.`id` LIMIT ?',
      [afterId, ACCOUNTS],
    );
    for (const group of grouped(heads)) yield* pagesOfGroup(wallet, group);
    if (heads.length < ACCOUNTS) return;
    afterId = heads.at(-1)?.id ?? afterId;
  }
}

/** Neighbours that have a page of entries together, or one account that has more. */
function grouped(heads: readonly Head[]): Head[][] {
  const groups: Head[][] = [];
  let entries = PAGE;
  for (const head of heads) {
    entries += Number(head.version);
    if (entries > PAGE) {
      groups.push([]);
      entries = Number(head.version);
    }
    groups.at(-1)?.push(head);
  }
  return groups;
}

async function* pagesOfGroup(wallet: Book, heads: readonly Head[]): AsyncGenerator<Page, void> {
  let ranges: Range[] = heads.filter(({ version }) => version !== '0').map((head) => ({ head, afterSeq: 0 }));
  for (let begun = heads; ; begun = []) {
    const rows = ranges.length === 0 ? [] : await read(wallet, ranges);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) {
      yield { rows, begun, ended: heads };
      return;
    }
    yield { rows, begun, ended: [] };
    // Everything before the last row's account is read to its end.
    const at = ranges.findIndex(({ head }) => head.id === last.account_id);
    ranges = ranges
      .slice(at)
      .map((range, index) => (index === 0 ? { ...range, afterSeq: Number(last.seq) } : range))
      .filter(({ head, afterSeq }) => afterSeq < Number(head.version));
  }
}

function read(wallet: Book, ranges: readonly Range[]): Promise<EntryRow[]> {
  const where = ranges.map(() => '(`e`.`account_id` = ? AND `e`.`seq` > ? AND `e`.`seq` <= ?)').join(' OR ');
  return wallet.query<EntryRow>(
    `SELECT \`e\`.\`account_id\`, \`e\`.\`seq\`, \`e\`.\`transfer_id\`, \`e\`.\`amount\`, \`e\`.\`balance_after\`, \`e\`.\`link\`, \`t\`.\`seal\` FROM \`entry\` AS \`e\` FORCE INDEX (PRIMARY) LEFT JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\` WHERE ${where} ORDER BY \`e\`.\`account_id\`, \`e\`.\`seq\` LIMIT ?`,
    [...ranges.flatMap(({ head, afterSeq }) => [head.id, afterSeq, head.version]), PAGE],
  );
}

/** One account's entries, from the first to the one that was its newest. */
class AccountWay {
  private readonly walk = new ChainWalk(CHAIN_BEGIN);
  private sum = 0n;
  private entries = 0;
  private newest: StandingEntry | undefined;

  constructor(
    private readonly head: Head,
    private readonly offenders: WalkOffenders,
  ) {}

  step(row: EntryRow): void {
    const entry = entryOf(row);
    const problems = this.walk.step(entry, [row.seal ?? CHAIN_START]);
    this.sum += entry.amount;
    this.entries += 1;
    this.newest = entry;
    if (problems.length === 0) return;
    const { seq, transfer_id, amount, balance_after } = row;
    if (problems.includes('entries_missing') || problems.includes('balance_does_not_run'))
      this.offend('run', { seq, transfer_id, amount, balance_after });
    if (problems.includes('link_broken')) this.offend('chain', { seq, transfer_id });
  }

  end(): void {
    const { posted, version, link, last_seq: lastSeq } = this.head;
    if (BigInt(posted) !== this.sum || Number(version) !== this.entries)
      this.offend('sum', { posted, sum_of_entries: this.sum.toString(), version, entries: this.entries });
    if (version !== lastSeq) this.offend('run', { version, newest_entry: lastSeq });
    if (this.newest && this.newest.balanceAfter !== BigInt(posted))
      this.offend('head', { posted, balance_after: this.newest.balanceAfter.toString() });
    // After an entry that does not fit, what stands there and what should are both as good.
    if (!this.walk.position.links.some((known) => known.equals(link)))
      this.offend('chain', { seq: version, link: 'the account has another' });
  }

  private offend(rule: Rule, row: OffendingRow): void {
    const rows = this.offenders[rule];
    if (rows.length < ROW_LIMIT) rows.push({ account_id: this.head.id, code: this.head.code, ...row });
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
