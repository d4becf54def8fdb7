import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import type { Wallet, WalletEntry } from '../../push/push-messages';
import { newerOf, RECENT_ENTRIES } from '../../push/wallet-cache';

export function useWallet(): UseQueryResult<Wallet> {
  const queries = useQueryClient();
  return useQuery({
    queryKey: queryKeys.wallet,
    queryFn: async ({ signal }) => {
      const answer = await answerOf(api.GET('/v1/wallet', { signal }));
      // A push may have overtaken this answer.
      const shown = queries.getQueryData<Wallet>(queryKeys.wallet);
      return shown ? newerOf(shown, answer) : answer;
    },
  });
}

export function useRecentEntries(): UseQueryResult<WalletEntry[]> {
  return useQuery({
    queryKey: queryKeys.recentEntries,
    queryFn: async ({ signal }) => {
      const query = { limit: RECENT_ENTRIES };
      return (await answerOf(api.GET('/v1/wallet/entries', { params: { query }, signal }))).items;
    },
  });
}

const EMPTY = { balance: '0.00', held: '0.00', available: '0.00', lastSeq: 0 };

/** A merchant's own money; a wallet that nothing has moved in yet has no accounts. */
export function cashOf(wallet: Wallet): typeof EMPTY {
  return wallet.accounts.find(({ kind }) => kind === 'merchant_cash') ?? EMPTY;
}

/** What offers have granted; undefined for who never took one. */
export function bonusOf(wallet: Wallet): Wallet['accounts'][number] | undefined {
  return wallet.accounts.find(({ kind }) => kind === 'merchant_bonus');
}
