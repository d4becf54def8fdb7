import { DownloadOutlined, LeftOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { DifferenceItem } from './difference-item';
import { DIFFERENCE_KINDS, DIFFERENCE_STATES } from './differences';
import { isAtWork, LOOK_AGAIN_MS, ReconciliationTag } from './reconciliations-page';
import styles from './reconciliation.module.css';

type Reconciliation = Schemas['Reconciliation'];

const PAGE_SIZE = 20;
const OTHERS_MS = 10_000;
const ANY = 'any';

export function ReconciliationPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const run = useQuery({
    queryKey: queryKeys.reconciliation(id),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/admin/reconciliations/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data ? lookAgainMs(state.data) : false),
  });
  return (
    <>
      <Link className={styles.back} to="/operations/reconciliations">
        <LeftOutlined /> {t('reconciliation.back')}
      </Link>
      {run.isPending && <PageSkeleton />}
      {run.isError && run.data === undefined && (
        <ProblemAlert error={run.error} onRetry={() => void run.refetch()} />
      )}
      {run.data && <Run run={run.data} />}
    </>
  );
}

/** No push tells of it: a run goes on by itself, and what is open may be settled by others. */
function lookAgainMs(run: Reconciliation): number | false {
  return isAtWork(run) ? LOOK_AGAIN_MS : run.openDifferences > 0 ? OTHERS_MS : false;
}

function Run({ run }: { run: Reconciliation }) {
  const { t } = useTranslation();
  const downloading = useDownload(run);
  return (
    <Page
      title={t('reconciliation.one', { account: run.accountId, day: run.billDate })}
      actions={
        <Button
          icon={<DownloadOutlined />}
          loading={downloading.isPending}
          onClick={() => downloading.mutate()}
        >
          {t('reconciliation.download')}
        </Button>
      }
    >
      {downloading.isError && <ProblemAlert className={styles.problem} error={downloading.error} />}
      <Panel className={styles.sums}>
        <ReconciliationTag state={run.state} />
        <dl>
          <Sum name={t('reconciliation.lines')}>{run.billLines}</Sum>
          <Sum name={t('reconciliation.matched')}>{run.paymentsMatched + run.refundsMatched}</Sum>
          <Sum name={t('reconciliation.paid')}>
            <Amount value={run.paidAmount} />
          </Sum>
          <Sum name={t('reconciliation.refunded')}>
            <Amount value={run.refundedAmount} />
          </Sum>
          <Sum name={t('reconciliation.fees')}>
            <Amount value={run.feeAmount} />
          </Sum>
          <Sum name={t('reconciliation.differences')}>
            {run.differences} ·{' '}
            {run.openDifferences > 0
              ? t('reconciliation.open', { count: run.openDifferences })
              : t('reconciliation.noneOpen')}
          </Sum>
        </dl>
        {run.message !== null && <p className={styles.faint}>{run.message}</p>}
      </Panel>
      <Differences run={run} />
    </Page>
  );
}

function Sum({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Differences({ run }: { run: Reconciliation }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const paging = useCursorPaging();
  const state = DIFFERENCE_STATES.find((each) => each === params.get('state'));
  const kind = DIFFERENCE_KINDS.find((each) => each === params.get('kind'));
  const query = {
    reconciliationId: run.id,
    ...(state && { state }),
    ...(kind && { kind }),
    ...(paging.cursor && { cursor: paging.cursor }),
    limit: PAGE_SIZE,
  };
  const differences = useQuery({
    // A run that has ended may have found others.
    queryKey: queryKeys.differences(run.id, { ...query, finishedAt: run.finishedAt }),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/admin/reconciliation-differences', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: lookAgainMs(run),
  });
  const filter = (name: 'state' | 'kind', value: string): void => {
    const search = new URLSearchParams({ ...(state && { state }), ...(kind && { kind }), [name]: value });
    if (value === ANY) search.delete(name);
    void navigate({ search: search.toString() });
  };
  return (
    <>
      <search className={styles.run}>
        <Select
          aria-label={t('reconciliation.state')}
          className={styles.select ?? ''}
          value={state ?? ANY}
          onChange={(value) => filter('state', value)}
          options={[
            { value: ANY, label: t('reconciliation.anyState') },
            ...DIFFERENCE_STATES.map((value) => ({
              value: value as string,
              label: t(`reconciliation.differenceStates.${value}`),
            })),
          ]}
        />
        <Select
          aria-label={t('reconciliation.kind')}
          className={styles.select ?? ''}
          value={kind ?? ANY}
          onChange={(value) => filter('kind', value)}
          options={[
            { value: ANY, label: t('reconciliation.anyKind') },
            ...DIFFERENCE_KINDS.map((value) => ({
              value: value as string,
              label: t(`reconciliation.kinds.${value}`),
            })),
          ]}
        />
      </search>
      <ListPanel
        list={differences}
        paging={paging}
        empty={
          <NothingHere
            title={t('reconciliation.noDifferences')}
            text={t('reconciliation.noDifferencesText')}
          />
        }
      >
        {(items) => (
          <ul>
            {items.map((difference) => (
              <DifferenceItem key={difference.id} difference={difference} />
            ))}
          </ul>
        )}
      </ListPanel>
    </>
  );
}

/** A link could not carry the token, so the file is fetched and handed over by the page. */
function useDownload({ id, accountId, billDate }: Reconciliation) {
  return useMutation({
    mutationFn: async () => {
      const csv = await answerOf(
        api.GET('/v1/admin/reconciliations/{id}/differences.csv', {
          params: { path: { id } },
          parseAs: 'blob',
        }),
      );
      const address = URL.createObjectURL(csv);
      const link = document.createElement('a');
      link.href = address;
      link.download = `differences-${accountId}-${billDate}.csv`;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
}
