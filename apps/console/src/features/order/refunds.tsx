import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { formatYuan, parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag, type Tone } from '../../ui/tag';
import styles from './refunds.module.css';

type Refund = Schemas['Refund'];

const TONES: Readonly<Record<Refund['state'], Tone>> = {
  REQUESTED: 'waiting',
  PROCESSING: 'waiting',
  SUCCEEDED: 'good',
  FAILED: 'bad',
};

export function RefundTag({ state }: { state: Refund['state'] }) {
  const { t } = useTranslation();
  return <Tag tone={TONES[state]}>{t(`refund.states.${state}`)}</Tag>;
}

/** What was given back of an order; nothing at all while nobody asked for it. */
export function Refunds({ orderId }: { orderId: string }) {
  const { t } = useTranslation();
  const refunds = useQuery({
    queryKey: queryKeys.rechargeRefunds(orderId),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/recharges/{id}/refunds', { params: { path: { id: orderId } }, signal })),
  });
  if (refunds.isError && refunds.data === undefined)
    return <ProblemAlert error={refunds.error} onRetry={() => void refunds.refetch()} />;
  if (refunds.data === undefined || refunds.data.items.length === 0) return null;
  return (
    <Panel className={styles.panel}>
      <h2 className={styles.title}>{t('refund.list')}</h2>
      <ul>
        {refunds.data.items.map((refund) => (
          <li key={refund.id} className={styles.refund}>
            <RefundLines refund={refund} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A refund as merchants and operators read it. */
export function RefundLines({ refund }: { refund: Refund }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={styles.line}>
        <Amount className={styles.sum} value={refund.amount} />
        {parseYuan(refund.bonusAmount) > 0n && (
          <span className={styles.faint}>
            {t('refund.bonusBack', { amount: formatYuan(refund.bonusAmount) })}
          </span>
        )}
        <RefundTag state={refund.state} />
        <span className={styles.when}>
          <Instant at={refund.succeededAt ?? refund.createdAt} />
        </span>
      </div>
      <div className={styles.line}>
        <span>{refund.reason}</span>
        <span className={styles.faint}>
          <LongNumber value={refund.id} />
        </span>
      </div>
      {refund.problem !== null && <p className={styles.problem}>{t(`refund.problems.${refund.problem}`)}</p>}
    </>
  );
}
