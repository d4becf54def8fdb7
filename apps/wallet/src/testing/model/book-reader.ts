import { CHAIN_START, SEALED_COLUMNS, type SealedRow, linkOf, sealOfRow } from '#libs/chain';
import type { Database } from '#libs/database';

export interface BookEntry {
  readonly accountId: string;
  readonly code: string;
  readonly seq: number;
  readonly transferId: string;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly link: Buffer;
}

export interface BookTransfer extends SealedRow {
  readonly seal: Buffer;
  /** In the order in which they were written. */
  readonly entries: readonly BookEntry[];
  /** How often it was told of. */
  readonly announcements: number;
}

export interface BookAccount {
  readonly id: string;
  readonly code: string;
  readonly posted: bigint;
  readonly version: number;
  readonly link: Buffer;
}

interface EntryRow {
  readonly account_id: string;
  readonly code: string;
  readonly seq: string;
  readonly transfer_id: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly link: Buffer;
}

/** Reads a book from outside, by SQL of its own, and proves what must hold of any book. */
export class BookReader {
  private readonly links = new Map<string, Buffer>();

  constructor(private readonly database: Database) {}

  /** Those of the given transfers that are in the book, by their number. */
  async transfers(ids: readonly string[]): Promise<Map<string, BookTransfer>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<SealedRow & { seal: Buffer }>(
      `SELECT ${SEALED_COLUMNS}, \`seal\` FROM \`transfer\` WHERE \`id\` IN (?)`,
      [ids],
    );
    const entries = new Map<string, BookEntry[]>(ids.map((id) => [id, []]));
    for (const entry of await this.entriesOf(ids)) entries.get(entry.transferId)?.push(entry);
    const told = await this.database.query<{ aggregate_id: string; told: string }>(
      "SELECT `aggregate_id`, COUNT(*) AS `told` FROM `outbox` WHERE `event_name` = 'transfer.posted' AND `aggregate_id` IN (?) GROUP BY `aggregate_id`",
      [ids],
    );
    const announcements = new Map(told.map((row) => [row.aggregate_id, Number(row.told)]));
    return new Map(
      rows.map((row) => [
        row.id,
        { ...row, entries: entries.get(row.id) ?? [], announcements: announcements.get(row.id) ?? 0 },
      ]),
    );
  }

  async accounts(): Promise<readonly BookAccount[]> {
    const rows = await this.database.query<{
      id: string;
      code: string;
      posted: string;
      version: string;
      link: Buffer;
    }>('SELECT `id`, `code`, `posted`, `version`, `link` FROM `account`');
    return rows.map((row) => ({ ...row, posted: BigInt(row.posted), version: Number(row.version) }));
  }

  /** @returns what is wrong with a transfer that is next in the book's order; nothing when all is well. */
  faultsOf(transfer: BookTransfer): string[] {
    const faults: string[] = [];
    const { id, status, entries, announcements, seal } = transfer;
    const fault = (what: string) => void faults.push(`transfer ${id} ${what}`);
    if (!seal.equals(sealOfRow(transfer))) fault('has not the seal of what it says');
    if (status === 'posted' && entries.length < 2) fault(`is posted with ${entries.length} entries`);
    if (status !== 'posted' && entries.length > 0) fault(`is ${status} and has entries`);
    if (announcements !== (status === 'posted' ? 1 : 0))
      fault(`is ${status} and was told of ${announcements} times`);
    const sum = entries.reduce((total, { amount }) => total + amount, 0n);
    if (sum !== 0n) fault(`sums to ${sum}`);
    for (const entry of entries) {
      const link = linkOf(this.links.get(entry.accountId) ?? CHAIN_START, entry, seal);
      if (!entry.link.equals(link)) fault(`has a broken link in ${entry.code}`);
      this.links.set(entry.accountId, entry.link);
    }
    return faults;
  }

  /** @returns what is wrong with the book as a whole, when every transfer of it was looked at. */
  async faultsOfAccounts(accounts: readonly BookAccount[]): Promise<string[]> {
    const faults: string[] = [];
    const sum = accounts.reduce((total, { posted }) => total + posted, 0n);
    if (sum !== 0n) faults.push(`the book sums to ${sum}`);
    for (const { id, code, link } of accounts) {
      const last = this.links.get(id) ?? CHAIN_START;
      if (!link.equals(last)) faults.push(`${code} has not the link of its last entry`);
    }
    const [loose] = await this.database.query<{ entries: string; events: string }>(
      "SELECT (SELECT COUNT(*) FROM `entry`) - (SELECT COALESCE(SUM(`version`), 0) FROM `account`) AS `entries`, (SELECT COUNT(*) FROM `outbox` WHERE `event_name` = 'transfer.posted') - (SELECT COUNT(*) FROM `transfer` WHERE `status` = 'posted') AS `events`",
    );
    if (loose?.entries !== '0') faults.push(`there are ${loose?.entries} entries more than accounts know of`);
    if (loose?.events !== '0') faults.push(`${loose?.events} transfers more were told of than were posted`);
    return faults;
  }

  private async entriesOf(ids: readonly string[]): Promise<BookEntry[]> {
    const rows = await this.database.query<EntryRow>(
      'SELECT `e`.`account_id`, `a`.`code`, `e`.`seq`, `e`.`transfer_id`, `e`.`amount`, `e`.`balance_after`, `e`.`link` FROM `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` WHERE `e`.`transfer_id` IN (?)',
      [ids],
    );
    return rows.map((row) => ({
      accountId: row.account_id,
      code: row.code,
      seq: Number(row.seq),
      transferId: row.transfer_id,
      amount: BigInt(row.amount),
      balanceAfter: BigInt(row.balance_after),
      link: row.link,
    }));
  }
}
