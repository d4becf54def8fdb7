import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import styles from './filter-bar.module.css';
import type { RechargeFilters } from './recharge-filters';

export type Days = Pick<RechargeFilters, 'from' | 'to'>;

export interface DaysProps {
  readonly days: Days;
  readonly onChange: (days: Days) => void;
}

/** The telephone's own calendar is better there than any of ours. */
export function NativeDays({ days, onChange }: DaysProps) {
  const { t } = useTranslation();
  const dayOf = (text: string): string | null => (text === '' ? null : text);
  return (
    <fieldset className={styles.days} aria-label={t('recharges.dates')}>
      <label>
        <span>{t('recharges.from')}</span>
        <Input
          type="date"
          value={days.from ?? ''}
          onChange={(event) => onChange({ ...days, from: dayOf(event.target.value) })}
        />
      </label>
      <label>
        <span>{t('recharges.to')}</span>
        <Input
          type="date"
          value={days.to ?? ''}
          onChange={(event) => onChange({ ...days, to: dayOf(event.target.value) })}
        />
      </label>
    </fieldset>
  );
}
