import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { WalletEntry } from '../../push/push-messages';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import table from '../../ui/table.module.css';
import styles from './statement-table.module.css';

interface StatementTableProps {
  readonly entries: readonly WalletEntry[];
  readonly isStale: boolean;
}

/** Like a bank's: newest first, a heading for each day. */
export function StatementTable({ entries, isStale }: StatementTableProps) {
  const { t } = useTranslation();
  return (
    <table className={`${table.table} ${styles.table}`} aria-busy={isStale}>
      <thead>
        <tr>
          <th scope="col">{t('statement.time')}</th>
          <th scope="col">{t('statement.what')}</th>
          <th scope="col" className={table.number}>
            {t('statement.amount')}
          </th>
          <th scope="col" className={table.number}>
            {t('statement.balance')}
          </th>
        </tr>
      </thead>
      <tbody>
        {daysOf(entries).map((day) => (
          <Fragment key={day.first.seq}>
            <tr className={styles.day}>
              <th colSpan={4} scope="colgroup">
                <Instant at={day.first.createdAt} format="day" />
              </th>
            </tr>
            {day.entries.map((entry) => (
              <Entry key={entry.seq} entry={entry} />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function Entry({ entry }: { entry: WalletEntry }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td className={styles.time}>
        <Instant at={entry.createdAt} format="time" />
      </td>
      <td className={styles.what}>
        {entry.kind === 'recharge' ? (
          <Link className={table.rowLink} to={`/recharges/${entry.reference}`}>
            {t(`wallet.entryKinds.${entry.kind}`)}
          </Link>
        ) : (
          t(`wallet.entryKinds.${entry.kind}`)
        )}
        <span className={styles.reference}>
          {t('statement.entry', { seq: entry.seq })} · {entry.reference}
        </span>
      </td>
      <td className={`${table.number} ${styles.amount} ${entry.amount.startsWith('-') ? styles.gone : ''}`}>
        <Amount value={entry.amount} signed />
      </td>
      <td className={`${table.number} ${styles.balance}`}>
        <Amount value={entry.balanceAfter} />
      </td>
    </tr>
  );
}

interface Day {
  readonly first: WalletEntry;
  readonly entries: WalletEntry[];
}

/** The entries of each day of the reader's calendar together. */
function daysOf(entries: readonly WalletEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const current = days.at(-1);
    if (current && isSameDay(current.first, entry)) current.entries.push(entry);
    else days.push({ first: entry, entries: [entry] });
  }
  return days;
}

function isSameDay(one: WalletEntry, other: WalletEntry): boolean {
  return new Date(one.createdAt).toDateString() === new Date(other.createdAt).toDateString();
}
