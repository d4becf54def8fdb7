import { CloseOutlined } from '@ant-design/icons';
import { Button, Segmented, Select } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsNarrow } from '../../ui/use-media';
import styles from './filter-bar.module.css';
import { NativeDays, type Days } from './native-days';
import { CHANNELS, isFiltered, STATES, type RechargeFilters } from './recharge-filters';

/** Two months side by side are heavy, and of no use on a telephone. */
const DayRange = lazy(async () => ({ default: (await import('./day-range')).DayRange }));

interface FilterBarProps {
  readonly filters: RechargeFilters;
  readonly onChange: (filters: RechargeFilters) => void;
}

const NONE: RechargeFilters = { state: null, channel: null, from: null, to: null };
const ANY = 'any';

export function FilterBar({ filters, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  return (
    <search className={styles.bar}>
      <StateFilter filters={filters} onChange={onChange} />
      <Select
        className={styles.channel}
        aria-label={t('recharges.channel')}
        value={filters.channel ?? ANY}
        onChange={(value) =>
          onChange({ ...filters, channel: CHANNELS.find((each) => each === value) ?? null })
        }
        options={[
          { value: ANY, label: t('recharges.anyChannel') },
          ...CHANNELS.map((value) => ({ value, label: t(`recharges.channels.${value}`) })),
        ]}
      />
      <Dates filters={filters} onChange={onChange} />
      {isFiltered(filters) && (
        <Button
          type="text"
          icon={<CloseOutlined />}
          title={t('recharges.clear')}
          aria-label={t('recharges.clear')}
          onClick={() => onChange(NONE)}
        />
      )}
    </search>
  );
}

/** All states at a glance where there is room, in a list where there is not. */
function StateFilter({ filters, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const isNarrow = useIsNarrow();
  const choice = {
    'aria-label': t('recharges.state'),
    value: filters.state ?? ANY,
    onChange: (value: string) =>
      onChange({ ...filters, state: STATES.find((each) => each === value) ?? null }),
    options: [
      { value: ANY, label: t('recharges.anyState') },
      ...STATES.map((value) => ({ value: value as string, label: t(`recharges.filterStates.${value}`) })),
    ],
  };
  return isNarrow ? <Select className={styles.state} {...choice} /> : <Segmented {...choice} />;
}

function Dates({ filters, onChange }: FilterBarProps) {
  const isNarrow = useIsNarrow();
  const setDays = (days: Days): void => onChange({ ...filters, ...days });
  if (isNarrow) return <NativeDays days={filters} onChange={setDays} />;
  return (
    <Suspense fallback={<div className={styles.dates} />}>
      <DayRange days={filters} onChange={setDays} />
    </Suspense>
  );
}
