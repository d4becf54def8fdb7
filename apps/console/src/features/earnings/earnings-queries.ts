import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { serverNow } from '../../api/server-clock';
import { beijingDay, daysBefore } from './chart-scale';

/** Earnings of the last days, today with them. */
export function useEarnings(dayCount: number) {
  const to = beijingDay(serverNow());
  const from = daysBefore(to, dayCount - 1);
  const earnings = useQuery({
    queryKey: queryKeys.earnings(from, to),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/earnings', { params: { query: { from, to } }, signal })),
    placeholderData: keepPreviousData,
  });
  return { earnings, from, to };
}
