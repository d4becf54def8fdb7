import type { QueryClient } from '@tanstack/react-query';
import { queryKeys } from '../api/query-keys';

/** Traffic earns many times a second; nobody reads that fast. */
const ASK_AGAIN_AFTER_MS = 1_000;

const asking = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

/** Money moved: earnings are asked for again, once for all that comes within a second. */
export function applyEarningsChange(queries: QueryClient): void {
  if (asking.has(queries)) return;
  const timer = setTimeout(() => {
    asking.delete(queries);
    void queries.invalidateQueries({ queryKey: queryKeys.allEarnings });
  }, ASK_AGAIN_AFTER_MS);
  asking.set(queries, timer);
}

/** The list and the one that is on the page; what is set aside and what is left of the limits changes with it. */
export function applyWithdrawalChange(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: queryKeys.withdrawals });
  applyEarningsChange(queries);
}
