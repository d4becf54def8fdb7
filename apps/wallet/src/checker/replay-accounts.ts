import { Injectable } from '@nestjs/common';
import { ChainWalk, type StandingEntry } from '#libs/chain';
import type { Transaction } from '#libs/database';
import { type Anchor, BookReader, type StandingAccount } from './book-reader.js';
import { entriesBy } from './entries-by.js';
import type { Found } from './found.js';
import { judgeAccount, missingEnd, sealsOf, wrongEntry } from './judge.js';
import { ProgressRepository } from './progress.repository.js';
import { type ReplayState, positionOf, walkAt } from './replay-state.js';

/** Most accounts have few entries: so many are read at once. */
const ACCOUNTS = 50;

interface Walked {
  readonly found: readonly Found[];
  readonly walk: ChainWalk;
  readonly isDone: boolean;
}

/**
 * The replay's way along the accounts. An account is walked up to its anchor, which the check of the commits takes on from:
 * there the chain must be the one that was verified then, so that a history which fits in itself and is another one is found.
 * An account without an anchor is walked up to the entry that was its newest when the walk began, and gets one there. Either
 * way the end is read before the entries: what is posted meanwhile comes after it, and nothing that is right looks wrong.
 */
@Injectable()
export class ReplayAccounts {
  constructor(
    private readonly reader: BookReader,
    private readonly progress: ProgressRepository,
  ) {}

  async next(
    transaction: Transaction,
    state: ReplayState,
    limit: number,
  ): Promise<{ state: ReplayState; found: Found[] }> {
    const accounts = await this.reader.accountsAfter(transaction, state.accountId, ACCOUNTS);
    if (accounts.length === 0) return { state: { ...state, phase: 'transfers', walk: null }, found: [] };
    const entries = await this.read(transaction, accounts, state, limit);
    const transferIds = [...new Set(entries.map(({ transferId }) => transferId))];
    const transfers = await this.reader.transfers(transaction, transferIds);
    const seals = new Map(transfers.map((transfer) => [transfer.id, sealsOf(transfer)]));
    const byAccount = entriesBy(entries, 'accountId');

    const found: Found[] = [];
    const anchors = new Map<string, Anchor>();
    const after = { ...state, entries: state.entries + entries.length };
    let [left, stopped] = [limit, false];
    for (const account of accounts) {
      const wrong = judgeAccount(account);
      if (wrong) found.push(wrong);
      const own = byAccount.get(account.id) ?? [];
      left -= own.length;
      const walked = walkAlong({ account, entries: own, state, seals, isCutOff: left <= 0, anchors });
      found.push(...walked.found);
      if (!walked.isDone) {
        after.walk = walkAt(account.id, untilOf(account, state), walked.walk.position);
        stopped = true;
        break;
      }
      after.accountId = account.id;
      after.walk = null;
      if (left <= 0) break;
    }
    if (!stopped) after.walk = null;
    await this.progress.anchor(transaction, anchors);
    return { state: after, found };
  }

  private read(
    transaction: Transaction,
    accounts: readonly StandingAccount[],
    state: ReplayState,
    limit: number,
  ): Promise<StandingEntry[]> {
    const ranges = accounts.flatMap((account) => {
      const afterSeq = positionOf(state.walk, account.id).seq;
      const untilSeq = untilOf(account, state);
      return untilSeq > afterSeq ? [{ accountId: account.id, afterSeq, untilSeq }] : [];
    });
    return this.reader.entriesIn(transaction, ranges, limit);
  }
}

/** Where the walk along an account ends: fixed when it begins, or it would never catch up with a busy account. */
function untilOf({ id, anchor, version }: StandingAccount, { walk }: ReplayState): number {
  return walk?.accountId === id ? walk.untilSeq : (anchor?.seq ?? version);
}

function walkAlong({
  account,
  entries,
  state,
  seals,
  isCutOff,
  anchors,
}: {
  readonly account: StandingAccount;
  readonly entries: readonly StandingEntry[];
  readonly state: ReplayState;
  readonly seals: ReadonlyMap<string, readonly Buffer[]>;
  /** More of its entries may stand in the book than were read. */
  readonly isCutOff: boolean;
  readonly anchors: Map<string, Anchor>;
}): Walked {
  const walk = new ChainWalk(positionOf(state.walk, account.id));
  const untilSeq = untilOf(account, state);
  const found: Found[] = [];
  let good: Anchor | undefined;
  for (const entry of entries) {
    const problems: ReturnType<typeof walk.step> = walk.step(
      entry,
      seals.get(entry.transferId) ?? sealsOf(undefined),
    );
    const isRewritten =
      problems.length === 0 && entry.seq === account.anchor?.seq && !entry.link.equals(account.anchor.link);
    if (isRewritten) found.push(wrongEntry(account, entry, ['history_rewritten']));
    else if (problems.length > 0) found.push(wrongEntry(account, entry, problems));
    else good = { seq: entry.seq, link: entry.link, balance: entry.balanceAfter };
  }
  const { seq } = walk.position;
  const isDone = seq >= untilSeq || !isCutOff;
  if (isDone && seq < untilSeq) found.push(missingEnd(account, seq + 1, untilSeq));
  // Only what was walked without a flaw from its first entry can say what later ones must continue.
  if (isDone && good?.seq === untilSeq && found.length === 0 && !account.anchor)
    anchors.set(account.id, good);
  return { found, walk, isDone };
}
