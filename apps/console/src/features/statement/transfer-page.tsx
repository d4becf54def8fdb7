import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { Schemas } from '../../api/client';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LinkButton } from '../../ui/link-button';
import { LongNumber } from '../../ui/long-number';
import { Page, Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import table from '../../ui/table.module.css';
import { pathOfCause } from './causes';
import type { AccountKind } from './statement-filters';
import { useTransfer } from './statement-queries';
import styles from './transfer-page.module.css';

type Transfer = Schemas['Transfer'];

export function TransferPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const transfer = useTransfer(id);
  if (transfer.isPending) return <PageSkeleton />;
  if (transfer.isError)
    return (
      <Page title={t('transfer.title')}>
        <ProblemAlert error={transfer.error} onRetry={() => void transfer.refetch()} />
      </Page>
    );
  const { data } = transfer;
  return (
    <Page
      title={t(`wallet.entryKinds.${data.kind}`)}
      lead={t('transfer.lead')}
      actions={<CauseButton transfer={data} />}
    >
      <Facts transfer={data} />
      <Entries entries={data.entries} />
    </Page>
  );
}

function CauseButton({ transfer: { cause } }: { transfer: Transfer }) {
  const { t } = useTranslation();
  const path = pathOfCause(cause);
  if (path === null) return null;
  return (
    <LinkButton type="primary" to={path}>
      {t(cause.orderId === null ? 'transfer.withdrawal' : 'transfer.order')}
    </LinkButton>
  );
}

function Facts({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation();
  const { id, cause, reference, createdAt } = transfer;
  return (
    <Panel className={styles.panel}>
      <dl className={styles.facts}>
        <dt>{t('transfer.number')}</dt>
        <dd>
          <LongNumber value={id} />
        </dd>
        <dt>{t('transfer.cause')}</dt>
        <dd>{t(`ledger.causes.${cause.type}`, { id: cause.id })}</dd>
        {reference !== cause.id && (
          <>
            <dt>{t('transfer.reference')}</dt>
            <dd>{reference}</dd>
          </>
        )}
        <dt>{t('transfer.time')}</dt>
        <dd>
          <Instant at={createdAt} format="exact" />
        </dd>
      </dl>
    </Panel>
  );
}

function Entries({ entries }: { entries: Transfer['entries'] }) {
  const { t } = useTranslation();
  return (
    <Panel>
      <table className={table.table} aria-label={t('transfer.entries')}>
        <thead>
          <tr>
            <th scope="col">{t('transfer.account')}</th>
            <th scope="col" className={table.number}>
              {t('statement.amount')}
            </th>
            <th scope="col" className={table.number}>
              {t('statement.balance')}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ account, part, seq, amount, balanceAfter }) => (
            <tr key={`${account}:${part}:${seq}`}>
              <td>
                {/* The API shows an owner these kinds only. */}
                {t(`ledger.accounts.${account as AccountKind}`)}
                {part !== null && <span className={styles.part}> {part}</span>}
              </td>
              <td className={table.number}>
                <Amount value={amount} signed />
              </td>
              <td className={table.number}>
                <Amount value={balanceAfter} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
