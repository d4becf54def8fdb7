import { DownloadOutlined, PrinterOutlined } from '@ant-design/icons';
import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useAccount } from '../../session/use-session';
import { useCursorPaging, type CursorPaging } from '../../ui/cursor-trail';
import { LinkButton } from '../../ui/link-button';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { useIsNarrow } from '../../ui/use-media';
import { useWallet } from '../wallet/wallet-queries';
import { PartsTable } from './parts-table';
import { StatementFilterBar } from './statement-filter-bar';
import {
  accountsOf,
  isFiltered,
  isParted,
  queryOf,
  readFilters,
  writeFilters,
  type AccountKind,
  type StatementFilters,
} from './statement-filters';
import { useDownload, useEntries } from './statement-queries';
import { StatementTable } from './statement-table';
import { StatementTotals } from './statement-totals';

const PAGE_SIZE = 25;

export function StatementPage() {
  const { t } = useTranslation();
  const { kind: owner } = useAccount();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const filters = readFilters(params, owner);
  const accounts = useAccountsShown(filters.account);
  const show = (next: StatementFilters): void => void navigate({ search: writeFilters(next) });
  const needsPart = isParted(filters.account) && filters.part === null;
  return (
    <Page
      title={t('statement.title')}
      lead={t('statement.lead')}
      actions={!needsPart && <Takeaway filters={filters} />}
    >
      <StatementFilterBar filters={filters} accounts={accounts} onChange={show} />
      {needsPart ? (
        <PartsTable filters={filters} />
      ) : (
        <Entries filters={filters} onClear={() => show({ ...filters, kind: null, from: null, to: null })} />
      )}
    </Page>
  );
}

/** The accounts that have ever had an entry, and the main one; a merchant without campaigns need not hear of them. */
function useAccountsShown(current: AccountKind): readonly AccountKind[] {
  const { kind: owner } = useAccount();
  const { data: wallet } = useWallet();
  return accountsOf(owner).filter(
    (kind, index) =>
      index === 0 ||
      kind === current ||
      wallet?.accounts.some((account) => account.kind === kind && account.lastSeq > 0) === true,
  );
}

/** Beside the title: on a telephone there is room for the signs only. */
function Takeaway({ filters }: { filters: StatementFilters }) {
  const { t } = useTranslation();
  const isNarrow = useIsNarrow();
  const download = useDownload(queryOf(filters));
  return (
    <>
      <Button
        icon={<DownloadOutlined />}
        loading={download.isPending}
        danger={download.isError}
        aria-label={t('statement.download')}
        title={t('statement.download')}
        onClick={() => download.mutate()}
      >
        {!isNarrow && t('statement.download')}
      </Button>
      <LinkButton
        icon={<PrinterOutlined />}
        aria-label={t('statement.print')}
        title={t('statement.print')}
        to={`/statement/print${writeFilters(filters)}`}
      >
        {!isNarrow && t('statement.print')}
      </LinkButton>
      {download.isError && (
        <Modal open footer={null} onCancel={() => download.reset()}>
          <ProblemAlert error={download.error} onRetry={() => download.mutate()} />
        </Modal>
      )}
    </>
  );
}

function Entries({ filters, onClear }: { filters: StatementFilters; onClear: () => void }) {
  const paging: CursorPaging = useCursorPaging();
  const query = queryOf(filters);
  const statement = useEntries(query, paging.cursor, PAGE_SIZE, true);
  if (statement.isError && statement.data === undefined)
    return <ProblemAlert error={statement.error} onRetry={() => void statement.refetch()} />;
  return (
    <>
      <StatementTotals query={query} />
      <Panel>
        {statement.isPending && <RowsSkeleton rows={8} />}
        {statement.data?.items.length === 0 && <Nothing filters={filters} onClear={onClear} />}
        {statement.data && statement.data.items.length > 0 && (
          <StatementTable entries={statement.data.items} isStale={statement.isPlaceholderData} />
        )}
        {statement.data && <Pager paging={paging} nextCursor={statement.data.nextCursor} />}
      </Panel>
    </>
  );
}

function Nothing({ filters, onClear }: { filters: StatementFilters; onClear: () => void }) {
  const { t } = useTranslation();
  const { permissions } = useAccount();
  if (isFiltered(filters))
    return (
      <NothingHere
        title={t('statement.noneMatch')}
        text={t('statement.noneMatchText')}
        action={<Button onClick={onClear}>{t('statement.clear')}</Button>}
      />
    );
  const mayRecharge = permissions.includes('recharge:create');
  return (
    <NothingHere
      title={t('statement.none')}
      text={t('statement.noneText')}
      action={mayRecharge && <LinkButton to="/recharge">{t('wallet.firstRecharge')}</LinkButton>}
    />
  );
}
