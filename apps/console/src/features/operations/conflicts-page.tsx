import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { GiveBack } from './give-back';
import { Numbered } from './numbered';
import styles from './work-item.module.css';

type Conflict = Schemas['PaymentConflict'];

const PAGE_SIZE = 20;

export function ConflictsPage() {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const conflicts = useQuery({
    queryKey: queryKeys.conflicts(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/payment-conflicts', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t('conflicts.title')} lead={t('conflicts.lead')}>
      {conflicts.isError && conflicts.data === undefined && (
        <ProblemAlert error={conflicts.error} onRetry={() => void conflicts.refetch()} />
      )}
      {!conflicts.isError && (
        <Panel>
          {conflicts.isPending && <RowsSkeleton rows={4} />}
          {conflicts.data?.items.length === 0 && (
            <NothingHere title={t('conflicts.none')} text={t('conflicts.noneText')} />
          )}
          <ul>
            {conflicts.data?.items.map((conflict) => (
              <ConflictItem key={conflict.attemptId} conflict={conflict} />
            ))}
          </ul>
          {conflicts.data && <Pager paging={paging} nextCursor={conflicts.data.nextCursor} />}
        </Panel>
      )}
    </Page>
  );
}

function ConflictItem({ conflict }: { conflict: Conflict }) {
  const { t } = useTranslation();
  const { expectedAmount, paidAmount } = conflict;
  const difference = paidAmount === null ? null : parseYuan(paidAmount) - parseYuan(expectedAmount);
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <strong>{conflict.reason}</strong>
        <span className={styles.when}>
          <Instant at={conflict.detectedAt} />
        </span>
      </div>
      <dl className={styles.sums}>
        <div>
          <dt>{t('conflicts.expected')}</dt>
          <dd>
            <Amount value={expectedAmount} />
          </dd>
        </div>
        <div>
          <dt>{t('conflicts.paid')}</dt>
          <dd>{paidAmount === null ? t('conflicts.unknown') : <Amount value={paidAmount} />}</dd>
        </div>
        {difference !== null && difference !== 0n && (
          <div className={styles.difference}>
            <dt>{t('conflicts.difference')}</dt>
            <dd>
              <Amount value={difference} signed />
            </dd>
          </div>
        )}
      </dl>
      <dl className={styles.numbers}>
        <Numbered name={t('conflicts.merchant')} value={conflict.merchantId} />
        <Numbered name={t('conflicts.order')} value={conflict.orderId} />
        <Numbered name={t('conflicts.attempt')} value={conflict.attemptId} />
        {conflict.channelTradeNo !== null && (
          <Numbered name={t('conflicts.trade')} value={conflict.channelTradeNo} />
        )}
      </dl>
      <GiveBack conflict={conflict} />
    </li>
  );
}
