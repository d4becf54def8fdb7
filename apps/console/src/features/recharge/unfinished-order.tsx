import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { serverNow } from '../../api/server-clock';
import { formatYuan } from '../../money/yuan';
import styles from './recharge-page.module.css';

const query = { state: 'PAYING', limit: 1 } as const;

/** Somebody who came back from the cashier without paying wants that order, not another one. */
export function UnfinishedOrder() {
  const { t } = useTranslation();
  const { data: order } = useQuery({
    queryKey: queryKeys.rechargeList(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/recharges', { params: { query }, signal })),
    select: ({ items }) => items[0],
  });
  if (order === undefined || Date.parse(order.expiresAt) <= serverNow()) return null;
  return (
    <div className={styles.unfinished}>
      <span>{t('recharge.unfinished', { amount: formatYuan(order.amount) })}</span>
      <Link to={`/recharges/${order.id}`}>{t('recharge.unfinishedContinue')}</Link>
    </div>
  );
}
