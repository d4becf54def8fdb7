import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { Page, Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import table from '../../ui/table.module.css';
import { Tag } from '../../ui/tag';
import { CheckerPanel } from './checker-panel';
import { useKindText } from './kind-text';
import styles from './ledger.module.css';

type Book = Schemas['Book'];

const LOOK_AGAIN_MS = 5_000;

/** The whole book on one page, looked at again and again while it is open. */
export function BookPage() {
  const { t } = useTranslation();
  const book = useQuery({
    queryKey: queryKeys.book,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/ledger/book', { signal })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  return (
    <Page title={t('book.title')} lead={t('book.lead')}>
      {book.isPending && <PageSkeleton />}
      {book.isError && <ProblemAlert error={book.error} onRetry={() => void book.refetch()} />}
      {book.data && <Total book={book.data} />}
      <CheckerPanel />
      {book.data && (
        <>
          <Classes book={book.data} />
          {book.data.boundary.map((account) => (
            <Boundary key={account.kind} account={account} />
          ))}
        </>
      )}
    </Page>
  );
}

function Total({ book }: { book: Book }) {
  const { t } = useTranslation();
  const isRight = parseYuan(book.total) === 0n;
  const accounts = book.classes.reduce((sum, each) => sum + each.accounts, 0);
  return (
    <Panel className={styles.panel}>
      <dl className={styles.figures} data-balanced={isRight}>
        <Figure name={t('book.total')}>
          <span className={isRight ? undefined : styles.bad}>
            <Amount value={book.total} />
          </span>{' '}
          <Tag tone={isRight ? 'good' : 'bad'}>{t(isRight ? 'book.balanced' : 'book.broken')}</Tag>
        </Figure>
        <Figure name={t('book.accounts')}>{accounts}</Figure>
        <Figure name={t('book.takenAt')}>
          <Instant at={book.takenAt} format="exact" />
        </Figure>
      </dl>
    </Panel>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Shown as people count: what we have as well as what we owe is more than nothing. */
const asCounted = (amount: string, side: 'debit' | 'credit'): bigint =>
  side === 'debit' ? -parseYuan(amount) : parseYuan(amount);

function Classes({ book }: { book: Book }) {
  const { t } = useTranslation();
  const kindText = useKindText();
  return (
    <Panel className={`${styles.gap} ${styles.scroll}`}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('book.kind')}</th>
            <th scope="col">{t('book.side')}</th>
            <th scope="col" className={table.number}>
              {t('book.accounts')}
            </th>
            <th scope="col" className={table.number}>
              {t('book.posted')}
            </th>
          </tr>
        </thead>
        <tbody>
          {book.classes.map(({ kind, side, accounts, posted }) => (
            <tr key={kind} data-kind={kind}>
              <td>{kindText(kind)}</td>
              <td className={styles.faint}>{t(`book.sides.${side}`)}</td>
              <td className={table.number}>{accounts}</td>
              <td className={table.number}>
                <Amount value={asCounted(posted, side)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Boundary({ account }: { account: Book['boundary'][number] }) {
  const { t } = useTranslation();
  const kindText = useKindText();
  const { kind, posted, flows, entriesBehind } = account;
  return (
    <Panel className={`${styles.gap} ${styles.scroll}`}>
      <h2 className={styles.title}>
        {kindText(kind)} · <Amount value={asCounted(posted, kind === 'suspense' ? 'credit' : 'debit')} />
      </h2>
      {entriesBehind > 0 && (
        <p className={`${styles.faint} ${styles.title}`}>{t('book.behind', { count: entriesBehind })}</p>
      )}
      <table className={table.table} data-boundary={kind}>
        <thead>
          <tr>
            <th scope="col">{t('book.flow')}</th>
            <th scope="col" className={table.number}>
              {t('book.cameIn')}
            </th>
            <th scope="col" className={table.number}>
              {t('book.wentOut')}
            </th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <tr key={flow.kind} data-flow={flow.kind}>
              <td>{t(`wallet.entryKinds.${flow.kind}`)}</td>
              <td className={table.number}>
                <Amount value={flow.cameIn} />
              </td>
              <td className={table.number}>
                <Amount value={flow.wentOut} />
              </td>
            </tr>
          ))}
          {flows.length === 0 && (
            <tr>
              <td colSpan={3} className={styles.faint}>
                {t('book.noFlows')}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </Panel>
  );
}
