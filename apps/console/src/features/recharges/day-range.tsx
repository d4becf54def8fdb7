import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useTranslation } from 'react-i18next';
import styles from './filter-bar.module.css';
import type { DaysProps } from './native-days';

const FORMAT = 'YYYY-MM-DD';

export function DayRange({ days, onChange }: DaysProps) {
  const { t } = useTranslation();
  const today = dayjs();
  return (
    <DatePicker.RangePicker
      className={styles.dates}
      aria-label={t('recharges.dates')}
      placeholder={[t('recharges.from'), t('recharges.to')]}
      allowEmpty
      value={[days.from === null ? null : dayjs(days.from), days.to === null ? null : dayjs(days.to)]}
      maxDate={today}
      presets={[
        { label: t('recharges.today'), value: [today, today] },
        { label: t('recharges.lastWeek'), value: [today.subtract(6, 'day'), today] },
        { label: t('recharges.lastMonth'), value: [today.subtract(29, 'day'), today] },
      ]}
      onChange={(range) =>
        onChange({ from: range?.[0]?.format(FORMAT) ?? null, to: range?.[1]?.format(FORMAT) ?? null })
      }
    />
  );
}
