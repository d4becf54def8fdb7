import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { Tag } from '../../ui/tag';
import { RefundTag } from '../order/refunds';
import { Numbered } from './numbered';
import styles from './work-item.module.css';

const PAGE_SIZE = 20;

export function DuplicatesPage() {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const duplicates = useQuery({
    queryKey: queryKeys.duplicates(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/duplicate-payments', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t('duplicates.title')} lead={t('duplicates.lead')}>
      <ListPanel
        list={duplicates}
        paging={paging}
        empty={<NothingHere title={t('duplicates.none')} text={t('duplicates.noneText')} />}
      >
        {(items) => (
          <ul>
            {items.map((duplicate) => (
              <li key={duplicate.attemptId} className={styles.item}>
                <div className={styles.head}>
                  <strong>
                    <Amount value={duplicate.amount} /> · {t(`recharges.channels.${duplicate.channel}`)}
                  </strong>
                  {duplicate.refundState === null ? (
                    <Tag tone="waiting">{t('duplicates.noRefund')}</Tag>
                  ) : (
                    <RefundTag state={duplicate.refundState} />
                  )}
                  <span className={styles.when}>
                    <Instant at={duplicate.paidAt} />
                  </span>
                </div>
                <dl className={styles.numbers}>
                  <div>
                    <dt>{t('conflicts.order')}</dt>
                    <dd>
                      <Link to={`/operations/orders/${duplicate.orderId}`}>{duplicate.orderId}</Link>
                    </dd>
                  </div>
                  <Numbered name={t('conflicts.merchant')} value={duplicate.merchantId} />
                  <Numbered name={t('conflicts.attempt')} value={duplicate.attemptId} />
                  <Numbered name={t('conflicts.trade')} value={duplicate.channelTradeNo} />
                  {duplicate.refundId !== null && (
                    <Numbered name={t('refunds.refund')} value={duplicate.refundId} />
                  )}
                </dl>
              </li>
            ))}
          </ul>
        )}
      </ListPanel>
    </Page>
  );
}
