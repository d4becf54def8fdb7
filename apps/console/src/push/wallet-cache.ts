import type { QueryClient } from '@tanstack/react-query';
import { queryKeys } from '../api/query-keys';
import { decimalYuan, parseYuan } from '../money/yuan';
import type { RechargeChanged, Resumed, Wallet, WalletChanged, WalletEntry } from './push-messages';

/** How many of the newest entries the wallet page shows. */
export const RECENT_ENTRIES = 6;

/** Lets a push into the answers that pages already show. Pushes may come twice or out of order: `seq` decides. */
export function applyWalletChange(queries: QueryClient, change: WalletChanged): void {
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

/** What happened while this page was away. */
export function applyResumed(queries: QueryClient, resumed: Resumed): void {
  const before = queries.getQueryData<Wallet>(queryKeys.wallet);
  const isNews = before === undefined || newestSeq(resumed.wallet) >= newestSeq(before);
  if (isNews) queries.setQueryData<Wallet>(queryKeys.wallet, resumed.wallet);
  if (resumed.complete) mergeRecent(queries, resumed.entries);
  else void queries.invalidateQueries({ queryKey: queryKeys.recentEntries });
  if (resumed.entries.length > 0) void queries.invalidateQueries({ queryKey: queryKeys.statements });
}

export function applyRechargeChange(queries: QueryClient, { id }: RechargeChanged): void {
  void queries.invalidateQueries({ queryKey: queryKeys.recharge(id) });
  void queries.invalidateQueries({ queryKey: queryKeys.rechargeLists });
  // A refund that has ended lets go of what the wallet held for it.
  void queries.invalidateQueries({ queryKey: queryKeys.wallet });
}

/** The newest entry that the pages have; undefined while they have no wallet at all. */
export function knownSeq(queries: QueryClient): number | undefined {
  const wallet = queries.getQueryData<Wallet>(queryKeys.wallet);
  const recent = queries.getQueryData<WalletEntry[]>(queryKeys.recentEntries);
  if (wallet === undefined) return undefined;
  // The two were asked for apart, and the older answer is the one to catch up from.
  return recent === undefined ? newestSeq(wallet) : Math.min(newestSeq(wallet), recent[0]?.seq ?? 0);
}

/** How far an answer about the wallet reaches. Accounts count apart; the cash account moves with every transfer. */
export function newestSeq(wallet: Wallet): number {
  return wallet.accounts.find(({ kind }) => kind === 'merchant_cash')?.lastSeq ?? 0;
}

const isCash = ({ account }: WalletEntry): boolean => account === 'merchant_cash';

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
  const bySeq = new Map([...recent, ...entries.filter(isCash)].map((entry) => [entry.seq, entry]));
  const merged = [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, RECENT_ENTRIES);
  const isGapless = merged.every((entry, index) => entry.seq === (merged[0]?.seq ?? 0) - index);
  if (isGapless) queries.setQueryData<WalletEntry[]>(queryKeys.recentEntries, merged);
  else void queries.invalidateQueries({ queryKey: queryKeys.recentEntries });
}
