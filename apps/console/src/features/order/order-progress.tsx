import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { Panel } from '../../ui/page';
import styles from './order-progress.module.css';

type Recharge = Schemas['Recharge'];

/** What has happened so far, and what is still to come. */
export function OrderProgress({ order }: { order: Recharge }) {
  const { t } = useTranslation();
  const isClosed = order.state === 'CLOSED';
  return (
    <Panel className={styles.panel}>
      <ol className={styles.steps}>
        <Step label={t('order.steps.created')} at={order.createdAt} />
        {isClosed ? (
          <Step label={t('order.steps.closed')} at={order.closedAt} />
        ) : (
          <>
            <Step label={t('order.steps.paid')} at={order.paidAt} />
            <Step label={t('order.steps.credited')} at={order.creditedAt} />
          </>
        )}
      </ol>
      <dl className={styles.facts}>
        <div>
          <dt>{t('order.number')}</dt>
          <dd>
            <LongNumber value={order.id} />
          </dd>
        </div>
        <div>
          <dt>{t('order.outTradeNo')}</dt>
          <dd>
            <LongNumber value={order.outTradeNo} />
          </dd>
        </div>
        <div>
          <dt>{t('recharges.via')}</dt>
          <dd>
            {t(`recharges.channels.${order.channel}`)}, {t(`recharges.methods.${order.method}`)}
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function Step({ label, at }: { label: string; at: string | null }) {
  const { t } = useTranslation();
  return (
    <li className={at === null ? styles.pending : styles.done}>
      <span className={styles.label}>{label}</span>
      <span className={styles.when}>
        {at === null ? t('order.pending') : <Instant at={at} format="exact" />}
      </span>
    </li>
  );
}
