import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { formatYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { useSecondsUntil, clockText } from '../../ui/countdown';
import { cashOf, useWallet } from '../wallet/wallet-queries';
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
  const isScanning = phase === 'PAYING' && order.codeUrl !== null;
  return (
    <div className={styles.status} data-state={order.state}>
      {!isScanning && <StateSign state={order.state} />}
      <h1 className={styles.headline}>{t(`order.headlines.${phase}`)}</h1>
      <p className={styles.amount}>
        <Amount value={order.amount} />
      </p>
      <p className={styles.text}>{t(`order.texts.${phase}`, { channel })}</p>
      {isScanning && <PayByCode codeUrl={order.codeUrl ?? ''} channel={channel} />}
      {phase === 'PAYING' && <Expiry expiresAt={order.expiresAt} />}
      {phase === 'CREDITED' && <BalanceNow />}
      <OrderActions order={order} hasReturned={hasReturned} />
    </div>
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
