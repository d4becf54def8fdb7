import { PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
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
import { AdjustmentForm } from './adjustment-form';
import { AdjustmentItem } from './adjustment-item';

const PAGE_SIZE = 20;
const LOOK_AGAIN_MS = 10_000;
const ANY = 'any';
const STATES = ['REQUESTED', 'APPROVED', 'POSTED', 'REFUSED', 'REJECTED', 'EXPIRED'] as const;
const PURPOSES = ['correction', 'bonus'] as const;

export function AdjustmentsPage() {
  const { t } = useTranslation();
  const mayAsk = useCan('adjustment:request');
  const [isAsking, setAsking] = useState(false);
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const paging = useCursorPaging();
  const state = STATES.find((each) => each === params.get('state'));
  const purpose = PURPOSES.find((each) => each === params.get('purpose'));
  const query = {
    ...(state && { state }),
    ...(purpose && { purpose }),
    ...(paging.cursor && { cursor: paging.cursor }),
    limit: PAGE_SIZE,
  };
  const adjustments = useQuery({
    queryKey: queryKeys.adjustments(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/ledger/adjustments', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    // Others ask and decide too, and no push tells of it.
    refetchInterval: LOOK_AGAIN_MS,
  });
  const filter = (name: 'state' | 'purpose', value: string): void => {
    const search = new URLSearchParams({
      ...(state && { state }),
      ...(purpose && { purpose }),
      [name]: value,
    });
    if (value === ANY) search.delete(name);
    void navigate({ search: search.toString() });
  };
  return (
    <Page
      title={t('adjustments.title')}
      lead={t('adjustments.lead')}
      actions={
        mayAsk && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAsking(true)}>
            {t('adjustments.add')}
          </Button>
        )
      }
    >
      <search className={work.filters}>
        <Select
          aria-label={t('adjustments.state')}
          className={work.select ?? ''}
          value={state ?? ANY}
          onChange={(value) => filter('state', value)}
          options={[
            { value: ANY, label: t('adjustments.anyState') },
            ...STATES.map((value) => ({ value: value as string, label: t(`adjustments.states.${value}`) })),
          ]}
        />
        <Select
          aria-label={t('adjustments.purpose')}
          className={work.select ?? ''}
          value={purpose ?? ANY}
          onChange={(value) => filter('purpose', value)}
          options={[
            { value: ANY, label: t('adjustments.anyPurpose') },
            ...PURPOSES.map((value) => ({
              value: value as string,
              label: t(`adjustments.purposes.${value}`),
            })),
          ]}
        />
      </search>
      <ListPanel
        list={adjustments}
        paging={paging}
        empty={<NothingHere title={t('adjustments.none')} text={t('adjustments.noneText')} />}
      >
        {(items) => (
          <ul>
            {items.map((adjustment) => (
              <AdjustmentItem key={adjustment.id} adjustment={adjustment} />
            ))}
          </ul>
        )}
      </ListPanel>
      {isAsking && <AdjustmentForm onClose={() => setAsking(false)} />}
    </Page>
  );
}
