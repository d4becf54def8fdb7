import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { parseYuan } from '../../money/yuan';
import { useAccount } from '../../session/use-session';
import { Amount } from '../../ui/amount';
import { Brand } from '../../ui/brand';
import { Rosette } from '../../ui/guilloche';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import styles from './receipt.module.css';
import { SealStamp } from './seal-stamp';

type Recharge = Schemas['Recharge'];

/** What proves the recharge on paper; the only thing that is printed. */
export function Receipt({ order }: { order: Recharge }) {
  const { t } = useTranslation();
  const channel = t(`recharges.channels.${order.channel}`);
  return (
    <article className={styles.receipt} aria-label={t('order.receipt')} data-testid="receipt">
      <Rosette className={styles.rosette} />
      <header className={styles.header}>
        <Brand />
        <span>{t('order.receipt')}</span>
      </header>
      <div className={styles.sum}>
        <div>
          <div className={styles.what}>{t('order.receiptFor')}</div>
          <Amount className={styles.amount} value={order.amount} />
        </div>
        {order.creditedAt !== null && <SealStamp text={t('order.stamp')} at={order.creditedAt} />}
      </div>
      <dl className={styles.facts}>
        <Account />
        <Fact name={t('order.number')}>
          <LongNumber value={order.id} />
        </Fact>
        <Fact name={t('order.outTradeNo')}>
          <LongNumber value={order.outTradeNo} />
        </Fact>
        {order.channelTradeNo !== null && (
          <Fact name={t('order.channelTradeNo', { channel })}>
            <LongNumber value={order.channelTradeNo} />
          </Fact>
        )}
        <Fact name={t('order.method')}>
          {channel}, {t(`recharges.methods.${order.method}`)}
        </Fact>
        {parseYuan(order.refundedAmount) > 0n && (
          <Fact name={t('order.refunded')}>
            <Amount value={order.refundedAmount} />
          </Fact>
        )}
        <Moment name={t('order.steps.created')} at={order.createdAt} />
        <Moment name={t('order.steps.paid')} at={order.paidAt} />
        <Moment name={t('order.steps.credited')} at={order.creditedAt} />
      </dl>
    </article>
  );
}

function Account() {
  const { t } = useTranslation();
  const { displayName, email } = useAccount();
  return (
    <Fact name={t('order.account')}>
      {displayName}
      <br />
      <span className={styles.email}>{email}</span>
    </Fact>
  );
}

function Moment({ name, at }: { name: string; at: string | null }) {
  const { t } = useTranslation();
  return <Fact name={name}>{at === null ? t('order.pending') : <Instant at={at} format="exact" />}</Fact>;
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
