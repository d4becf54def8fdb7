import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Amount } from '../../ui/amount';
import styles from './withdraw.module.css';

export type WithdrawalQuote = Schemas['WithdrawalQuote'];

/** What arrives, and what is left of the limits. */
export function Quote({ quote, isStale }: { quote: WithdrawalQuote | undefined; isStale: boolean }) {
  const { t } = useTranslation();
  if (quote === undefined) return <p className={styles.hint}>{t('withdraw.typeAmount')}</p>;
  const { limits } = quote;
  return (
    <div className={styles.quote} aria-busy={isStale} aria-live="polite">
      <h2>{t('withdraw.summary')}</h2>
      <dl className={styles.lines}>
        <Line name={t('withdraw.amount')} value={quote.amount} />
        <Line name={t('withdraw.fee')} value={`-${quote.fee}`} />
        <Line name={t('withdraw.tax')} value={`-${quote.tax}`} />
        <Line name={t('withdraw.net')} value={quote.net} isTotal />
      </dl>
      <h3>{t('withdraw.limits')}</h3>
      <dl className={styles.lines}>
        <Line name={t('withdraw.leftToday')} value={limits.leftToday} />
        <Line name={t('withdraw.leftThisMonth')} value={limits.leftThisMonth} />
      </dl>
      <p className={styles.hint}>
        {t('withdraw.leftToday')}: {t('withdraw.countLeft', { count: limits.countLeftToday })}
      </p>
    </div>
  );
}

function Line({ name, value, isTotal = false }: { name: string; value: string; isTotal?: boolean }) {
  return (
    <div className={isTotal ? styles.total : undefined}>
      <dt>{name}</dt>
      <dd>
        <Amount value={value} />
      </dd>
    </div>
  );
}
