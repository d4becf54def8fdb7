import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import table from '../../ui/table.module.css';
import { pathOfCause, pathOfTransfer } from './causes';
import styles from './statement-table.module.css';

type StatementEntry = Schemas['StatementEntry'];

interface StatementTableProps {
  readonly entries: readonly StatementEntry[];
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

function Entry({ entry }: { entry: StatementEntry }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td className={styles.time}>
        <Instant at={entry.createdAt} format="time" />
      </td>
      <td className={styles.what}>
        <Link className={table.rowLink} to={pathOfCause(entry.cause) ?? pathOfTransfer(entry.transferId)}>
          {t(`wallet.entryKinds.${entry.kind}`)}
        </Link>
        <span className={styles.reference}>
          <Link className={styles.number} to={pathOfTransfer(entry.transferId)}>
            {t('statement.entry', { seq: entry.seq })}
          </Link>{' '}
          · {t(`ledger.causes.${entry.cause.type}`, { id: entry.cause.id })}
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
  readonly first: StatementEntry;
  readonly entries: StatementEntry[];
}

/** The entries of each day of the reader's calendar together. */
function daysOf(entries: readonly StatementEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const current = days.at(-1);
    if (current && isSameDay(current.first, entry)) current.entries.push(entry);
    else days.push({ first: entry, entries: [entry] });
  }
  return days;
}

function isSameDay(one: StatementEntry, other: StatementEntry): boolean {
  return new Date(one.createdAt).toDateString() === new Date(other.createdAt).toDateString();
}
