import { ReloadOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCan } from '../../session/use-session';
import { useCursorPaging } from '../../ui/cursor-trail';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import work from '../operations/work-item.module.css';
import { WITHDRAWAL_STATES } from '../withdrawals/withdrawal-state';
import { BulkApproval, useSelection } from './bulk-approval';
import { ReviewItem } from './review-item';

const PAGE_SIZE = 20;

export function ReviewPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const paging = useCursorPaging();
  const mayApprove = useCan('withdrawal:approve');
  const state = WITHDRAWAL_STATES.find((each) => each === params.get('state')) ?? 'IN_REVIEW';
  const query = { state, ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const reviews = useQuery({
    queryKey: queryKeys.reviews(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/withdrawals', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const selection = useSelection(reviews.data?.items ?? []);
  return (
    <Page
      title={t('review.title')}
      lead={t('review.lead')}
      actions={
        <Button
          size="large"
          icon={<ReloadOutlined />}
          loading={reviews.isFetching}
          onClick={() => void reviews.refetch()}
        >
          {t('review.refresh')}
        </Button>
      }
    >
      <search className={work.filters}>
        <Select
          aria-label={t('review.state')}
          className={work.select ?? ''}
          value={state}
          onChange={(value) => void navigate({ search: new URLSearchParams({ state: value }).toString() })}
          options={WITHDRAWAL_STATES.map((value) => ({ value, label: t(`withdrawals.states.${value}`) }))}
        />
        {mayApprove && state === 'IN_REVIEW' && <BulkApproval selection={selection} />}
      </search>
      <ListPanel
        list={reviews}
        paging={paging}
        empty={
          state === 'IN_REVIEW' ? (
            <NothingHere title={t('review.none')} text={t('review.noneText')} />
          ) : (
            <NothingHere title={t('review.noneOfState')} />
          )
        }
      >
        {(items) => (
          <ul>
            {items.map((item) => (
              <ReviewItem key={item.withdrawal.id} item={item} selection={selection} />
            ))}
          </ul>
        )}
      </ListPanel>
    </Page>
  );
}
