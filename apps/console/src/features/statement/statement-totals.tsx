import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Amount } from '../../ui/amount';
import type { StatementQuery } from './statement-filters';
import { useTotals } from './statement-queries';
import styles from './statement-totals.module.css';

const PARTS = [
  'opening',
  'credits',
  'debits',
  'closing',
] as const satisfies readonly (keyof Schemas['StatementTotals'])[];

/** From the balance before the period to the balance after it. */
export function StatementTotals({ query }: { query: StatementQuery }) {
  const { t } = useTranslation();
  const { data: totals } = useTotals(query, true);
  return (
    <dl className={styles.totals} aria-label={t('statement.totals')}>
      {PARTS.map((part) => (
        <div key={part}>
          <dt>{t(`statement.${part}`)}</dt>
          <dd data-testid={`statement-${part}`}>
            {totals ? <Amount value={totals[part]} signed={part === 'credits' || part === 'debits'} /> : '–'}
          </dd>
        </div>
      ))}
    </dl>
  );
}
