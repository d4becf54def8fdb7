import { PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { LinkButton } from '../../ui/link-button';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { useCursorPaging } from '../../ui/cursor-trail';
import { ProblemAlert } from '../../ui/problem-alert';
import { FilterBar } from './filter-bar';
import { isFiltered, queryOf, readFilters, writeFilters, type RechargeFilters } from './recharge-filters';
import { RechargeTable } from './recharge-table';

const PAGE_SIZE = 20;

export function RechargesPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const paging = useCursorPaging();
  const filters = readFilters(params);
  const query = { ...queryOf(filters), ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const list = useQuery({
    queryKey: queryKeys.rechargeList(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/recharges', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const filterBy = (next: RechargeFilters): void => void navigate({ search: writeFilters(next).toString() });

  return (
    <Page
      title={t('recharges.title')}
      lead={t('recharges.lead')}
      actions={
        <LinkButton type="primary" icon={<PlusOutlined />} to="/recharge">
          {t('recharges.new')}
        </LinkButton>
      }
    >
      <FilterBar filters={filters} onChange={filterBy} />
      {list.isError && list.data === undefined && (
        <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isPending && (
        <Panel>
          <RowsSkeleton rows={8} />
        </Panel>
      )}
      {list.data && (
        <Panel>
          {list.data.items.length > 0 ? (
            <RechargeTable recharges={list.data.items} isStale={list.isPlaceholderData} />
          ) : (
            <Nothing filters={filters} onClear={() => filterBy(readFilters(new URLSearchParams()))} />
          )}
          <Pager paging={paging} nextCursor={list.data.nextCursor} />
        </Panel>
      )}
    </Page>
  );
}

function Nothing({ filters, onClear }: { filters: RechargeFilters; onClear: () => void }) {
  const { t } = useTranslation();
  return isFiltered(filters) ? (
    <NothingHere
      title={t('recharges.noneMatch')}
      text={t('recharges.noneMatchText')}
      action={<Button onClick={onClear}>{t('recharges.clear')}</Button>}
    />
  ) : (
    <NothingHere title={t('recharges.none')} text={t('recharges.noneText')} />
  );
}
