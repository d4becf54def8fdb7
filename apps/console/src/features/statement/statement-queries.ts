import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import type { AccountKind, StatementQuery } from './statement-filters';

/** As many as the API gives at once. */
const LARGE_PAGE = 100;

export function useEntries(query: StatementQuery, cursor: string | null, limit: number, enabled: boolean) {
  const page = { ...query, ...(cursor && { cursor }), limit };
  return useQuery({
    queryKey: queryKeys.statement(page),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/wallet/entries', { params: { query: page }, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** What a period did to the account, whatever kinds are shown of it. */
export function useTotals({ account, part, from, to }: StatementQuery, enabled: boolean) {
  const query = { account, ...(part && { part }), ...(from && { from }), ...(to && { to }) };
  return useQuery({
    queryKey: queryKeys.statementTotals(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/wallet/statement', { params: { query }, signal })),
    enabled,
  });
}

/** The latest accounts of a kind that has parts. */
export function useParts(account: AccountKind, enabled: boolean) {
  const query = { account, limit: LARGE_PAGE };
  return useQuery({
    queryKey: queryKeys.statementParts(account),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/wallet/parts', { params: { query }, signal })),
    enabled,
  });
}

interface Lines {
  /** Oldest first. */
  readonly entries: readonly Schemas['StatementEntry'][];
  readonly isWhole: boolean;
}

/** All entries for a page on paper, up to so many of the latest. */
export function useLines(query: StatementQuery, most: number) {
  return useQuery({
    queryKey: queryKeys.statementLines(query),
    queryFn: async ({ signal }): Promise<Lines> => {
      const entries: Schemas['StatementEntry'][] = [];
      let cursor: string | null = null;
      do {
        const page = { ...query, ...(cursor && { cursor }), limit: LARGE_PAGE };
        const answer: Schemas['StatementEntryPage'] = await answerOf(
          api.GET('/v1/wallet/entries', { params: { query: page }, signal }),
        );
        entries.push(...answer.items);
        cursor = answer.nextCursor;
      } while (cursor !== null && entries.length < most);
      return { entries: entries.toReversed(), isWhole: cursor === null };
    },
    // What is read on paper does not change under the reader's eyes.
    staleTime: Infinity,
  });
}

export function useTransfer(id: string) {
  return useQuery({
    queryKey: queryKeys.transfer(id),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/wallet/transfers/{id}', { params: { path: { id } }, signal })),
  });
}

export function useDownload(query: StatementQuery) {
  return useMutation({
    mutationFn: async () => {
      const csv = await answerOf(api.GET('/v1/wallet/statement.csv', { params: { query }, parseAs: 'blob' }));
      const address = URL.createObjectURL(csv);
      const link = document.createElement('a');
      link.href = address;
      link.download = `statement-${[query.account, query.part].filter(Boolean).join('-')}.csv`;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
}
