import { CloseOutlined } from '@ant-design/icons';
import { Button, Segmented, Select } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsNarrow } from '../../ui/use-media';
import bar from '../recharges/filter-bar.module.css';
import { NativeDays, type Days } from '../recharges/native-days';
import { isFiltered, isParted, kindsOf, type AccountKind, type StatementFilters } from './statement-filters';
import { useParts } from './statement-queries';

/** Two months side by side are heavy, and of no use on a telephone. */
const DayRange = lazy(async () => ({ default: (await import('../recharges/day-range')).DayRange }));

const ANY = 'any';

interface FilterBarProps {
  readonly filters: StatementFilters;
  /** The accounts that the reader has. */
  readonly accounts: readonly AccountKind[];
  readonly onChange: (filters: StatementFilters) => void;
}

export function StatementFilterBar({ filters, accounts, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const { account, kind } = filters;
  return (
    <search className={bar.bar}>
      <AccountFilter filters={filters} accounts={accounts} onChange={onChange} />
      {isParted(account) && <PartFilter filters={filters} onChange={onChange} />}
      <Select
        className={bar.channel}
        aria-label={t('statement.kind')}
        value={kind ?? ANY}
        popupMatchSelectWidth={false}
        onChange={(value) =>
          onChange({ ...filters, kind: kindsOf(account).find((each) => each === value) ?? null })
        }
        options={[
          { value: ANY, label: t('statement.anyKind') },
          ...kindsOf(account).map((value) => ({ value, label: t(`wallet.entryKinds.${value}`) })),
        ]}
      />
      <Dates filters={filters} onChange={onChange} />
      {isFiltered(filters) && (
        <Button
          type="text"
          icon={<CloseOutlined />}
          title={t('statement.clear')}
          aria-label={t('statement.clear')}
          onClick={() => onChange({ ...filters, kind: null, from: null, to: null })}
        />
      )}
    </search>
  );
}

/** Another account begins without a part and without a kind that it can't have. */
function AccountFilter({ filters, accounts, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const isNarrow = useIsNarrow();
  if (accounts.length < 2) return null;
  const choice = {
    'aria-label': t('nav.account'),
    value: filters.account,
    onChange: (account: AccountKind) => onChange({ ...filters, account, part: null, kind: null }),
    options: accounts.map((value) => ({ value, label: t(`ledger.accounts.${value}`) })),
  };
  return isNarrow ? <Select className={bar.state} {...choice} /> : <Segmented {...choice} />;
}

function PartFilter({ filters, onChange }: Omit<FilterBarProps, 'accounts'>) {
  const { t } = useTranslation();
  const parts = useParts(filters.account, true);
  const known = parts.data?.items.map(({ part }) => part) ?? [];
  // A link may lead to one that is older than the list.
  const shown = filters.part === null || known.includes(filters.part) ? known : [filters.part, ...known];
  return (
    <Select
      className={bar.channel}
      aria-label={t('statement.part')}
      placeholder={t('statement.part')}
      value={filters.part}
      loading={parts.isPending}
      showSearch
      allowClear
      popupMatchSelectWidth={false}
      onChange={(part: string | undefined) => onChange({ ...filters, part: part ?? null })}
      options={shown.map((value) => ({ value, label: value }))}
    />
  );
}

function Dates({ filters, onChange }: Omit<FilterBarProps, 'accounts'>) {
  const isNarrow = useIsNarrow();
  const setDays = (days: Days): void => onChange({ ...filters, ...days });
  if (isNarrow) return <NativeDays days={filters} onChange={setDays} />;
  return (
    <Suspense fallback={<div className={bar.dates} />}>
      <DayRange days={filters} onChange={setDays} />
    </Suspense>
  );
}
