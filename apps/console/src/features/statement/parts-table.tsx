import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Amount } from '../../ui/amount';
import { NothingHere } from '../../ui/nothing-here';
import { Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import table from '../../ui/table.module.css';
import { writeFilters, type StatementFilters } from './statement-filters';
import { useParts } from './statement-queries';

/** The campaigns, days or withdrawals that have an account of their own, the latest first. */
export function PartsTable({ filters }: { filters: StatementFilters }) {
  const { t } = useTranslation();
  const parts = useParts(filters.account, true);
  if (parts.isError) return <ProblemAlert error={parts.error} onRetry={() => void parts.refetch()} />;
  if (parts.isPending)
    return (
      <Panel>
        <RowsSkeleton rows={6} />
      </Panel>
    );
  if (parts.data.items.length === 0)
    return (
      <Panel>
        <NothingHere title={t('statement.noParts')} text={t('statement.noneText')} />
      </Panel>
    );
  return (
    <Panel>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('statement.parts')}</th>
            <th scope="col" className={table.number}>
              {t('statement.balance')}
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.data.items.map(({ part, balance }) => (
            <tr key={part}>
              <td>
                <Link className={table.rowLink} to={`/statement${writeFilters({ ...filters, part })}`}>
                  {part}
                </Link>
              </td>
              <td className={table.number}>
                <Amount value={balance} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
