import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import styles from './statement-print.module.css';

interface PrintedLinesProps {
  /** Oldest first. */
  readonly entries: readonly Schemas['StatementEntry'][];
  readonly totals: Schemas['StatementTotals'];
  /** Whether the entries are all that were asked for. */
  readonly isWhole: boolean;
}

/** From the opening to the closing balance, with what came and went between them. */
export function PrintedLines({ entries, totals, isWhole }: PrintedLinesProps) {
  const { t } = useTranslation();
  const listed = entries.reduce((sum, { amount }) => sum + parseYuan(amount), 0n);
  return (
    <table className={styles.lines}>
      <thead>
        <tr>
          <th scope="col">{t('statement.time')}</th>
          <th scope="col">{t('statement.what')}</th>
          <th scope="col">{t('statement.amount')}</th>
          <th scope="col">{t('statement.balance')}</th>
        </tr>
      </thead>
      <tbody>
        <Balance label={t('statement.opening')} value={totals.opening} />
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <td>
              <Instant at={entry.createdAt} format="exact" />
            </td>
            <td>
              {t(`wallet.entryKinds.${entry.kind}`)}
              <span className={styles.reference}>
                {t('statement.entry', { seq: entry.seq })} ·{' '}
                {t(`ledger.causes.${entry.cause.type}`, { id: entry.cause.id })}
              </span>
            </td>
            <td>
              <Amount value={entry.amount} signed />
            </td>
            <td>
              <Amount value={entry.balanceAfter} />
            </td>
          </tr>
        ))}
        <Balance label={t('statement.closing')} value={totals.closing} />
      </tbody>
      <tfoot>
        <Sum label={t('statement.credits')} value={totals.credits} />
        <Sum label={t('statement.debits')} value={totals.debits} />
        <Sum
          label={`${t('statementPrint.listed')} (${t('statementPrint.lines', { count: entries.length })}${isWhole ? '' : ' …'})`}
          value={listed}
        />
      </tfoot>
    </table>
  );
}

function Balance({ label, value }: { label: string; value: string }) {
  return (
    <tr className={styles.balance}>
      <th colSpan={3} scope="row">
        {label}
      </th>
      <td>
        <Amount value={value} />
      </td>
    </tr>
  );
}

function Sum({ label, value }: { label: string; value: string | bigint }) {
  return (
    <tr>
      <th colSpan={3} scope="row">
        {label}
      </th>
      <td>
        <Amount value={value} signed />
      </td>
    </tr>
  );
}
