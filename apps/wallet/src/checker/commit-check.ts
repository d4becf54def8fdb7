import { Injectable } from '@nestjs/common';
import { type ChainPosition, CHAIN_BEGIN, ChainWalk, type StandingEntry } from '#libs/chain';
import { Database, type Transaction } from '#libs/database';
import { Alarm } from './alarm.js';
import { type Anchor, BookReader, type StandingAccount } from './book-reader.js';
import { CheckerConfig } from './checker.config.js';
import { CommittedRows } from './committed-rows.js';
import { entriesBy } from './entries-by.js';
import type { Found } from './found.js';
import { judgeAccount, judgeTransfer, missingEnd, missingTransfer, sealsOf, wrongEntry } from './judge.js';
import { ProgressRepository } from './progress.repository.js';
import { Suspects } from './suspects.js';

/** Rows of the outbox that one round takes. */
export const COMMITS_BATCH = 500;
/** Entries of one account that one round walks along; what is left waits for the account's next posting or the replay. */
const MOST_ENTRIES = 5_000;

type Seals = (transferId: string) => readonly Buffer[];

/**
 * Checks what was committed, soon after it was. It follows the outbox: each posted transfer has its row there, written in
 * the same transaction. Nothing can be skipped:
 *
 * - `CommittedRows` gives no row before all rows under it are committed or can't come any more;
 * - the position is written in the transaction that writes the findings, and moves only over rows that were looked at: who
 *   dies in between leaves both as they were, and the next one begins there;
 * - of one account, the order of the outbox is the order of its entries, since both are written under the account's lock.
 *   Entries are checked from the account's anchor (the newest one that was verified) onwards, so an entry that has no row in
 *   the outbox is met on the way to the next one that has.
 */
@Injectable()
export class CommitCheck {
  private readonly rows: CommittedRows;

  constructor(
    private readonly database: Database,
    private readonly reader: BookReader,
    private readonly progress: ProgressRepository,
    private readonly suspects: Suspects,
    private readonly alarm: Alarm,
    config: CheckerConfig,
  ) {
    this.rows = new CommittedRows(database, config.settleMs);
  }

  /** @returns how many rows of the outbox were looked at; 0 when another replica is at it. */
  async round(): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const progress = await this.progress.claim(transaction, 'commits');
      if (!progress) return 0;
      const rows = await this.rows.after(progress.position, COMMITS_BATCH);
      const last = rows.at(-1);
      if (!last) return 0;
      const transferIds = rows.flatMap(({ transferId }) => transferId ?? []);
      await this.check(transaction, transferIds);
      await this.progress.save(
        transaction,
        'commits',
        { position: last.id, checked: progress.checked + transferIds.length, state: null },
        0,
      );
      return rows.length;
    });
  }

  private async check(transaction: Transaction, transferIds: readonly string[]): Promise<void> {
    const transfers = new Map(
      (await this.reader.transfers(transaction, transferIds)).map((transfer) => [transfer.id, transfer]),
    );
    const entries = await this.reader.entriesOf(transaction, transferIds);
    const byTransfer = entriesBy(entries, 'transferId');
    const sealsById = new Map([...transfers].map(([id, transfer]) => [id, sealsOf(transfer)]));
    const seals: Seals = (transferId) => sealsById.get(transferId) ?? sealsOf(undefined);
    const found: Found[] = [];
    for (const id of transferIds) {
      const transfer = transfers.get(id);
      const own = byTransfer.get(id) ?? [];
      const wrong = transfer ? judgeTransfer(transfer, seals(id), own) : missingTransfer(id, own);
      if (wrong) found.push(wrong);
    }
    const suspects = await this.suspects.of(transaction, found, entries);
    const byAccount = entriesBy(entries, 'accountId');
    const accounts = await this.reader.accounts(transaction, [
      ...new Set([...byAccount.keys(), ...suspects]),
    ]);
    const anchors = new Map<string, Anchor>();
    for (const account of accounts) {
      const wrong = judgeAccount(account);
      if (wrong) found.push(wrong);
      const fresh = byAccount.get(account.id) ?? [];
      const until = suspects.has(account.id) ? account.version : (fresh.at(-1)?.seq ?? 0);
      found.push(...(await this.walk(transaction, { account, fresh, until, seals, anchors })));
    }
    // What is doubtful is no ground to stand on.
    for (const accountId of found.flatMap(({ concerns }) => concerns)) anchors.delete(accountId);
    await this.progress.anchor(transaction, anchors);
    await this.alarm.raise(transaction, found, 'commit');
  }

  private async walk(
    transaction: Transaction,
    { account, fresh, until, seals, anchors }: Way,
  ): Promise<Found[]> {
    const from = beginningOf(account, fresh);
    if (until <= from.seq) return [];
    const isWhole =
      fresh.at(-1)?.seq === until && fresh.every(({ seq }, index) => seq === from.seq + 1 + index);
    let entries: readonly StandingEntry[] = fresh;
    let sealed = seals;
    if (!isWhole) {
      // Something lies between, or was taken out: what stands there is read.
      const range = { accountId: account.id, afterSeq: from.seq, untilSeq: until };
      entries = await this.reader.entriesIn(transaction, [range], MOST_ENTRIES);
      sealed = await this.sealsOf(transaction, entries);
    }
    const walk = new ChainWalk(from);
    const found: Found[] = [];
    for (const entry of entries) {
      const problems = walk.step(entry, sealed(entry.transferId));
      if (problems.length > 0) found.push(wrongEntry(account, entry, problems));
      else anchors.set(account.id, { seq: entry.seq, link: entry.link, balance: entry.balanceAfter });
    }
    const { seq } = walk.position;
    if (seq < until && entries.length < MOST_ENTRIES) found.push(missingEnd(account, seq + 1, until));
    return found;
  }

  private async sealsOf(transaction: Transaction, entries: readonly StandingEntry[]): Promise<Seals> {
    const ids = [...new Set(entries.map(({ transferId }) => transferId))];
    const transfers = await this.reader.transfers(transaction, ids);
    const seals = new Map(transfers.map((transfer) => [transfer.id, sealsOf(transfer)]));
    return (transferId) => seals.get(transferId) ?? sealsOf(undefined);
  }
}

/** One account's part of a round. */
interface Way {
  readonly account: StandingAccount;
  /** Its entries that this round has read, in order. */
  readonly fresh: readonly StandingEntry[];
  readonly until: number;
  readonly seals: Seals;
  /** Where the newest verified entry is noted. */
  readonly anchors: Map<string, Anchor>;
}

/**
 * After the anchor. An account that has none was last posted to before there was a checker: the entry before its first new
 * one is taken as it stands, and the replay will come to it.
 */
function beginningOf({ anchor }: StandingAccount, fresh: readonly StandingEntry[]): ChainPosition {
  if (anchor) return { seq: anchor.seq, links: [anchor.link], balances: [anchor.balance] };
  const first = fresh[0]?.seq ?? 1;
  return first <= 1 ? CHAIN_BEGIN : { seq: first - 2, links: [], balances: [] };
}
