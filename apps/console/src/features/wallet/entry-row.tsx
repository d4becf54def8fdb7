import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatYuan } from '../../money/yuan';
import type { WalletEntry } from '../../push/push-messages';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import styles from './entry-row.module.css';

export function EntryRow({ entry, isNew }: { entry: WalletEntry; isNew: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={`${styles.row} ${isNew ? styles.fresh : ''}`}>
      <span className={styles.icon}>
        {entry.amount.startsWith('-') ? <ArrowUpOutlined /> : <ArrowDownOutlined />}
      </span>
      <span className={styles.what}>
        {entry.kind === 'recharge' ? (
          <Link className={styles.title} to={`/recharges/${entry.reference}`}>
            {t(`wallet.entryKinds.${entry.kind}`)}
          </Link>
        ) : (
          <span className={styles.title}>{t(`wallet.entryKinds.${entry.kind}`)}</span>
        )}
        {isNew && <span className={styles.badge}>{t('wallet.justNow')}</span>}
        <span className={styles.when}>
          <Instant at={entry.createdAt} />
        </span>
      </span>
      <span className={styles.money}>
        <Amount
          className={entry.amount.startsWith('-') ? styles.gone : styles.amount}
          value={entry.amount}
          signed
        />
        <span className={styles.after}>
          {t('wallet.balanceAfter', { amount: formatYuan(entry.balanceAfter) })}
        </span>
      </span>
    </li>
  );
}
