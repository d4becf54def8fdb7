import { CHAIN_BEGIN, CHAIN_START, ChainWalk, type StandingEntry } from '#libs/chain';
import { type Book, type OffendingRow, ROW_LIMIT } from './invariant.js';
import { oncePerLook } from './one-look.js';

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
  for (let afterId = '0'; ;) {
    const heads = await wallet.query<Head>(
      'SELECT `a`.`id`, `a`.`code`, `a`.`posted`, `a`.`version`, `a`.`link`, COALESCE((SELECT MAX(`e`.`seq`) FROM `entry` AS `e` WHERE `e`.`account_id` = `a`.`id`), 0) AS `last_seq` FROM `account` AS `a` WHERE `a`.`id` > ? ORDER BY `a`.`id` LIMIT ?',
      [afterId, ACCOUNTS],
    );
    for (let group: Head[] = [], index = 0; index < heads.length; index += 1) {
      group.push(heads[index] as Head);
      const entries = group.reduce((sum, { version }) => sum + Number(version), 0);
      const next = Number(heads[index + 1]?.version ?? 0);
      if (index + 1 < heads.length && entries + next <= PAGE) continue;
      await walkGroup(wallet, group, offenders);
      group = [];
    }
    if (heads.length < ACCOUNTS) return offenders;
    afterId = heads.at(-1)?.id ?? afterId;
  }
});

async function walkGroup(wallet: Book, heads: readonly Head[], offenders: WalkOffenders): Promise<void> {
  const ways = new Map(heads.map((head) => [head.id, new AccountWay(head, offenders)]));
  let ranges: Range[] = heads.filter(({ version }) => version !== '0').map((head) => ({ head, afterSeq: 0 }));
  while (ranges.length > 0) {
    const rows = await read(wallet, ranges);
    for (const row of rows) ways.get(row.account_id)?.step(row);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) break;
    // Everything before the last row's account is read to its end.
    const at = ranges.findIndex(({ head }) => head.id === last.account_id);
    ranges = ranges
      .slice(at)
      .map((range, index) => (index === 0 ? { ...range, afterSeq: Number(last.seq) } : range))
      .filter(({ head, afterSeq }) => afterSeq < Number(head.version));
  }
  for (const way of ways.values()) way.end();
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
