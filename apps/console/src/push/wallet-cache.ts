import type { QueryClient } from '@tanstack/react-query';
import { queryKeys } from '../api/query-keys';
import { decimalYuan, parseYuan } from '../money/yuan';
import type { RechargeChanged, Resumed, Wallet, WalletChanged, WalletEntry } from './push-messages';

/** How many of the newest entries the wallet page shows. */
export const RECENT_ENTRIES = 6;

/** Accounts that everything else of an owner comes from or goes to; what a page that was away catches up with. */
const MAIN_ACCOUNTS: readonly WalletEntry['account'][] = ['merchant_cash', 'traffic_available'];
/** A campaign that runs changes its account many times a second; nobody reads that fast. */
const ASK_AGAIN_AFTER_MS = 1_000;

const asking = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

/** Lets a push into the answers that pages already show. Pushes may come twice or out of order: `seq` decides. */
export function applyWalletChange(queries: QueryClient, change: WalletChanged): void {
  if (change.stale.length > 0) askAgainSoon(queries);
  if (change.entries.length === 0) return;
  const wallet = queries.getQueryData<Wallet>(queryKeys.wallet);
  if (wallet === undefined || isGap(wallet, change)) {
    void queries.invalidateQueries({ queryKey: queryKeys.wallet });
    void queries.invalidateQueries({ queryKey: queryKeys.recentEntries });
  } else {
    queries.setQueryData<Wallet>(queryKeys.wallet, withBalances(wallet, change));
    mergeRecent(queries, change.entries);
  }
  // What is held is told by no push; only refunds hold and let go.
  if (change.entries.some(({ kind }) => kind !== 'recharge'))
    void queries.invalidateQueries({ queryKey: queryKeys.wallet });
  void queries.invalidateQueries({ queryKey: queryKeys.statements });
}

/** Once for all that comes until then: asking for each would cancel the question before, for ever. */
function askAgainSoon(queries: QueryClient): void {
  if (asking.has(queries)) return;
  const timer = setTimeout(() => {
    asking.delete(queries);
    void queries.invalidateQueries({ queryKey: queryKeys.wallet });
    void queries.invalidateQueries({ queryKey: queryKeys.statements });
  }, ASK_AGAIN_AFTER_MS);
  asking.set(queries, timer);
}

/** What happened while this page was away. */
export function applyResumed(queries: QueryClient, resumed: Resumed): void {
  const before = queries.getQueryData<Wallet>(queryKeys.wallet);
  const isNews = before === undefined || reach(resumed.wallet) > reach(before);
  queries.setQueryData<Wallet>(queryKeys.wallet, before ? newerOf(before, resumed.wallet) : resumed.wallet);
  if (resumed.complete) mergeRecent(queries, resumed.entries);
  else void queries.invalidateQueries({ queryKey: queryKeys.recentEntries });
  if (isNews || resumed.entries.length > 0)
    void queries.invalidateQueries({ queryKey: queryKeys.statements });
}

export function applyRechargeChange(queries: QueryClient, { id }: RechargeChanged): void {
  void queries.invalidateQueries({ queryKey: queryKeys.recharge(id) });
  void queries.invalidateQueries({ queryKey: queryKeys.rechargeLists });
  // A refund that has ended lets go of what the wallet held for it.
  void queries.invalidateQueries({ queryKey: queryKeys.wallet });
}

/** The newest entry of the main account that the pages have; undefined while they have no wallet at all. */
export function knownSeq(queries: QueryClient): number | undefined {
  const wallet = queries.getQueryData<Wallet>(queryKeys.wallet);
  const recent = queries.getQueryData<WalletEntry[]>(queryKeys.recentEntries);
  if (wallet === undefined) return undefined;
  const newest = wallet.accounts.find(({ kind }) => MAIN_ACCOUNTS.includes(kind))?.lastSeq ?? 0;
  // The two were asked for apart, and the older answer is the one to catch up from.
  return recent === undefined ? newest : Math.min(newest, recent[0]?.seq ?? 0);
}

/** Of two answers the newer one, account by account: they may have overtaken each other. Entries never become fewer. */
export function newerOf(shown: Wallet, answer: Wallet): Wallet {
  const accounts = answer.accounts.map((account) => {
    const before = shown.accounts.find(({ kind }) => kind === account.kind);
    // As many entries: what is held may have changed without any.
    return before && before.lastSeq > account.lastSeq ? before : account;
  });
  return { ...answer, accounts };
}

/** How many entries an answer knows of, in all accounts. */
const reach = (wallet: Wallet): number => wallet.accounts.reduce((sum, { lastSeq }) => sum + lastSeq, 0);

const isMain = ({ account }: WalletEntry): boolean => MAIN_ACCOUNTS.includes(account);

/** Whether entries are missing between what is shown and what came, or an account is new here. */
function isGap(wallet: Wallet, change: WalletChanged): boolean {
  return change.accounts.some(({ kind }) => {
    const known = wallet.accounts.find((account) => account.kind === kind);
    const first = Math.min(...change.entries.filter((entry) => entry.account === kind).map(({ seq }) => seq));
    return known === undefined || first > known.lastSeq + 1;
  });
}

function withBalances(wallet: Wallet, change: WalletChanged): Wallet {
  const accounts = wallet.accounts.map((account) => {
    const changed = change.accounts.find(({ kind }) => kind === account.kind);
    if (changed === undefined || changed.lastSeq <= account.lastSeq) return account;
    const { balance, lastSeq } = changed;
    const available = decimalYuan(parseYuan(balance) - parseYuan(account.held));
    return { ...account, balance, lastSeq, available };
  });
  return { ...wallet, accounts };
}

function mergeRecent(queries: QueryClient, entries: readonly WalletEntry[]): void {
  const recent = queries.getQueryData<WalletEntry[]>(queryKeys.recentEntries);
  if (recent === undefined) return;
  const bySeq = new Map([...recent, ...entries.filter(isMain)].map((entry) => [entry.seq, entry]));
  const merged = [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, RECENT_ENTRIES);
  const isGapless = merged.every((entry, index) => entry.seq === (merged[0]?.seq ?? 0) - index);
  if (isGapless) queries.setQueryData<WalletEntry[]>(queryKeys.recentEntries, merged);
  else void queries.invalidateQueries({ queryKey: queryKeys.recentEntries });
}
