import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCursorPaging } from '../../ui/cursor-trail';
import { LinkButton } from '../../ui/link-button';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { StatementTable } from './statement-table';

const PAGE_SIZE = 25;

export function StatementPage() {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const statement = useQuery({
    queryKey: queryKeys.statement(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/wallet/entries', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t('statement.title')} lead={t('statement.lead')}>
      {statement.isError && statement.data === undefined && (
        <ProblemAlert error={statement.error} onRetry={() => void statement.refetch()} />
      )}
      {!statement.isError && (
        <Panel>
          {statement.isPending && <RowsSkeleton rows={8} />}
          {statement.data?.items.length === 0 && (
            <NothingHere
              title={t('statement.none')}
              text={t('statement.noneText')}
              action={<LinkButton to="/recharge">{t('wallet.firstRecharge')}</LinkButton>}
            />
          )}
          {statement.data && statement.data.items.length > 0 && (
            <StatementTable entries={statement.data.items} isStale={statement.isPlaceholderData} />
          )}
          {statement.data && <Pager paging={paging} nextCursor={statement.data.nextCursor} />}
        </Panel>
      )}
    </Page>
  );
}
