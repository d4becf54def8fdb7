import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import table from '../../ui/table.module.css';
import { useDayText } from './day-text';
import styles from './earnings.module.css';

/** The same as the chart, for whoever reads rather than looks; newest first. */
export function EarningsTable({ days }: { days: readonly Schemas['EarningsOfDay'][] }) {
  const { t } = useTranslation();
  const dayText = useDayText();
  return (
    <details className={styles.asTable}>
      <summary>{t('earnings.asTable')}</summary>
      <div className={styles.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('earnings.day')}</th>
              <th scope="col" className={table.number}>
                {t('earnings.earned')}
              </th>
              <th scope="col" className={table.number}>
                {t('earnings.stillPending')}
              </th>
              <th scope="col">{t('earnings.matures')}</th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.day} data-day={day.day}>
                <td>{dayText(day.day)}</td>
                <td className={table.number}>
                  <Amount value={day.earned} />
                </td>
                <td className={table.number}>
                  <Amount value={day.pending} />
                </td>
                <td>{parseYuan(day.pending) > 0n ? dayText(day.maturesOn) : t('earnings.matured')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.faint}>{t('earnings.beijing')}</p>
    </details>
  );
}
