import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { serverNow } from '../../api/server-clock';

export type PayoutAccount = Schemas['PayoutAccount'];

export function usePayoutAccounts() {
  return useQuery({
    queryKey: queryKeys.payoutAccounts,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/payout-accounts', { signal })),
  });
}

/** Whether it can be paid to already: a new one has to wait. */
export const isUsable = ({ usableFrom }: PayoutAccount): boolean => Date.parse(usableFrom) <= serverNow();
