import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Checkbox, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCursorPaging } from '../../ui/cursor-trail';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { RefundLines } from '../order/refunds';
import styles from './work-item.module.css';

type Refund = Schemas['Refund'];

const PAGE_SIZE = 20;
const KINDS = ['merchant', 'duplicate', 'conflict'] as const satisfies readonly Refund['kind'][];
const ANY = 'any';

export function RefundsPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const paging = useCursorPaging();
  const kind = KINDS.find((each) => each === params.get('kind'));
  const withProblem = params.get('problem') === 'true';
  const query = {
    ...(kind && { kind }),
    ...(withProblem && { withProblem }),
    ...(paging.cursor && { cursor: paging.cursor }),
    limit: PAGE_SIZE,
  };
  const refunds = useQuery({
    queryKey: queryKeys.refunds(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/refunds', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const show = (next: { kind: string | undefined; problem: boolean }): void => {
    const search = new URLSearchParams({
      ...(next.kind && next.kind !== ANY && { kind: next.kind }),
      ...(next.problem && { problem: 'true' }),
    });
    void navigate({ search: search.toString() });
  };
  return (
    <Page title={t('refunds.title')} lead={t('refunds.lead')}>
      <search className={styles.filters}>
        <Select
          aria-label={t('refunds.kind')}
          className={styles.select ?? ''}
          value={kind ?? ANY}
          onChange={(value) => show({ kind: value, problem: withProblem })}
          options={[
            { value: ANY, label: t('refunds.anyKind') },
            ...KINDS.map((value) => ({ value: value as string, label: t(`refund.kinds.${value}`) })),
          ]}
        />
        <Checkbox checked={withProblem} onChange={(event) => show({ kind, problem: event.target.checked })}>
          {t('refunds.withProblem')}
        </Checkbox>
      </search>
      <ListPanel
        list={refunds}
        paging={paging}
        empty={<NothingHere title={t('refunds.none')} text={t('refunds.noneText')} />}
      >
        {(items) => (
          <ul>
            {items.map((refund) => (
              <li key={refund.id} className={`${styles.item} ${styles.tight}`}>
                <RefundLines refund={refund} />
                <p className={styles.faint}>
                  {t(`refund.kinds.${refund.kind}`)} · {t(`recharges.channels.${refund.channel}`)} ·{' '}
                  <Link to={`/operations/orders/${refund.rechargeId}`}>{refund.rechargeId}</Link>
                  {refund.problemMessage !== null && ` · ${refund.problemMessage}`}
                </p>
              </li>
            ))}
          </ul>
        )}
      </ListPanel>
    </Page>
  );
}
