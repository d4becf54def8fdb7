import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { parseYuan } from '../../money/yuan';

export type OfferQuote = Schemas['OfferQuotes']['items'][number];

const TYPING_PAUSE_MS = 250;

/** What the offers grant for this amount, the best first; only those that grant something. */
export function useOfferQuotes(amount: string | null): readonly OfferQuote[] {
  const settled = useSettled(amount);
  const { data } = useQuery({
    queryKey: queryKeys.offerQuotes(settled),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/recharge-offers', { params: { query: { amount: settled ?? '' } }, signal })),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    select: ({ items }) => items.filter(({ bonusAmount }) => parseYuan(bonusAmount) > 0n),
  });
  return amount === null ? [] : (data ?? []);
}

/** Not every figure of an amount that is being typed is worth a question. */
function useSettled(value: string | null): string | null {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
