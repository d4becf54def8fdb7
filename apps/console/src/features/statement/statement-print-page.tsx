import { PrinterOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { serverNow } from '../../api/server-clock';
import { formatLocale } from '../../i18n/format-locale';
import { useAccount } from '../../session/use-session';
import { LinkButton } from '../../ui/link-button';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { PrintedLines } from './printed-lines';
import { queryOf, readFilters, writeFilters, type StatementFilters } from './statement-filters';
import styles from './statement-print.module.css';
import { useLines, useTotals } from './statement-queries';

/** Some forty sheets: whoever needs more wants the file. */
const MOST_LINES = 2_000;

/** A statement as it goes on paper. */
export function StatementPrintPage() {
  const { t } = useTranslation();
  const { kind: owner } = useAccount();
  const [params] = useSearchParams();
  const filters = readFilters(params, owner);
  const query = queryOf(filters);
  const lines = useLines(query, MOST_LINES);
  const totals = useTotals(query, true);
  const error = lines.error ?? totals.error;
  return (
    <article className={styles.paper}>
      <title>{`${t('statementPrint.title')} · Clearbid`}</title>
      <div className={styles.actions}>
        <LinkButton to={`/statement${writeFilters(filters)}`}>{t('statementPrint.back')}</LinkButton>
        <Button
          type="primary"
          icon={<PrinterOutlined />}
          disabled={!lines.data || !totals.data}
          onClick={() => window.print()}
        >
          {t('statementPrint.print')}
        </Button>
      </div>
      <Head filters={filters} />
      {error && (
        <ProblemAlert error={error} onRetry={() => void Promise.all([lines.refetch(), totals.refetch()])} />
      )}
      {!error && (!lines.data || !totals.data) && <PageSkeleton />}
      {lines.data && totals.data && (
        <>
          {!lines.data.isWhole && (
            <Alert type="warning" title={t('statementPrint.tooLong', { count: lines.data.entries.length })} />
          )}
          <PrintedLines entries={lines.data.entries} totals={totals.data} isWhole={lines.data.isWhole} />
        </>
      )}
    </article>
  );
}

function Head({ filters }: { filters: StatementFilters }) {
  const { t, i18n } = useTranslation();
  const { displayName, email, id } = useAccount();
  const period = usePeriod(filters);
  const written = new Intl.DateTimeFormat(formatLocale(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(serverNow());
  return (
    <header className={styles.head}>
      <h1>{t('statementPrint.title')}</h1>
      <p className={styles.brand}>Clearbid</p>
      <dl>
        <dt>{t('statementPrint.owner')}</dt>
        <dd>
          {displayName} · {email} · {id}
        </dd>
        <dt>{t('statementPrint.account')}</dt>
        <dd>
          {t(`ledger.accounts.${filters.account}`)} {filters.part}
        </dd>
        <dt>{t('statementPrint.period')}</dt>
        <dd>
          {period}
          {filters.kind &&
            ` · ${t('statementPrint.onlyKind', { kind: t(`wallet.entryKinds.${filters.kind}`) })}`}
        </dd>
      </dl>
      <p className={styles.written}>{t('statementPrint.written', { at: written })}</p>
    </header>
  );
}

function usePeriod({ from, to }: StatementFilters): string {
  const { t, i18n } = useTranslation();
  const day = (date: Date | number) =>
    new Intl.DateTimeFormat(formatLocale(i18n.language), { dateStyle: 'long' }).format(date);
  const first = from === null ? null : day(new Date(`${from}T00:00`));
  const last = to === null ? null : day(new Date(`${to}T00:00`));
  if (first !== null && last !== null) return t('statementPrint.periodFromTo', { from: first, to: last });
  if (first !== null) return t('statementPrint.periodFrom', { from: first });
  if (last !== null) return t('statementPrint.periodTo', { to: last });
  return t('statementPrint.wholePeriod', { at: day(serverNow()) });
}
