import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { formatYuan, parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { useSecondsUntil, clockText } from '../../ui/countdown';
import { Tag } from '../../ui/tag';
import { cashOf, useWallet } from '../wallet/wallet-queries';
import { Alert } from 'antd';
import { OrderActions } from './order-actions';
import { PayByCode } from './pay-by-code';
import { StateSign } from './state-sign';
import styles from './order-status.module.css';

type Recharge = Schemas['Recharge'];

/** Where the order stands, and what can be done about it. */
export function OrderStatus({ order, hasReturned }: { order: Recharge; hasReturned: boolean }) {
  const { t } = useTranslation();
  const phase = order.state === 'PAYING' && hasReturned ? 'returned' : order.state;
  const channel = t(`recharges.channels.${order.channel}`);
  const isScanning = phase === 'PAYING' && order.codeUrl !== null && !order.inConflict;
  return (
    <div className={styles.status} data-state={order.state}>
      {!isScanning && <StateSign state={order.inConflict ? 'PAYING' : order.state} />}
      <h1 className={styles.headline}>
        {order.inConflict ? t('payment.conflict') : t(`order.headlines.${phase}`)}
      </h1>
      <p className={styles.amount}>
        <Amount value={order.amount} />
      </p>
      {order.inConflict ? (
        <Alert className={styles.note} type="warning" showIcon title={t('payment.conflictText')} />
      ) : (
        <p className={styles.text}>
          {order.state === 'CREATED' ? t('payment.preparing') : t(`order.texts.${phase}`, { channel })}
        </p>
      )}
      <Marks order={order} />
      {isScanning && <PayByCode codeUrl={order.codeUrl ?? ''} channel={channel} />}
      {phase === 'PAYING' && !order.inConflict && <Expiry expiresAt={order.expiresAt} />}
      {phase === 'CREDITED' && <BalanceNow />}
      <OrderActions order={order} hasReturned={hasReturned} />
    </div>
  );
}

/** What is special about this order, where anything is. */
function Marks({ order }: { order: Recharge }) {
  const { t } = useTranslation();
  const refunded = parseYuan(order.refundedAmount);
  const refunding = parseYuan(order.refundingAmount);
  return (
    <>
      {order.paidLate && <p className={styles.text}>{t('payment.late')}</p>}
      {(order.offer !== null || refunded > 0n || refunding > 0n) && (
        <div className={styles.marks}>
          {order.offer !== null && (
            <Tag tone="good">
              {t('payment.bonus', { amount: formatYuan(order.offer.bonusAmount), offer: order.offer.name })}
            </Tag>
          )}
          {refunded > 0n && <Tag>{t('payment.partlyRefunded', { amount: formatYuan(refunded) })}</Tag>}
          {refunding > 0n && (
            <Tag tone="waiting">{t('payment.refunding', { amount: formatYuan(refunding) })}</Tag>
          )}
        </div>
      )}
      {order.state === 'PAYING' && order.jsapiParameters !== null && (
        <p className={styles.hint}>{t('payment.inWeChat')}</p>
      )}
    </>
  );
}

function BalanceNow() {
  const { t } = useTranslation();
  const { data: wallet } = useWallet();
  if (wallet === undefined) return null;
  return (
    <p className={styles.balance}>{t('wallet.balanceIs', { amount: formatYuan(cashOf(wallet).balance) })}</p>
  );
}

function Expiry({ expiresAt }: { expiresAt: string }) {
  const { t } = useTranslation();
  const seconds = useSecondsUntil(Date.parse(expiresAt));
  return (
    <p className={styles.expiry} role="timer" aria-live="off">
      {seconds > 0 ? t('order.expiresIn', { time: clockText(seconds) }) : t('order.expiring')}
    </p>
  );
}
