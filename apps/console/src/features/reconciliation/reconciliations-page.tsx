import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { serverNow } from '../../api/server-clock';
import { useCan } from '../../session/use-session';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import table from '../../ui/table.module.css';
import { Tag, type Tone } from '../../ui/tag';
import styles from './reconciliation.module.css';

type Reconciliation = Schemas['Reconciliation'];

const PAGE_SIZE = 20;
export const LOOK_AGAIN_MS = 2_000;
const TONES: Readonly<Record<Reconciliation['state'], Tone>> = {
  WAITING: 'waiting',
  LOADING: 'waiting',
  COMPARING: 'waiting',
  DONE: 'good',
  FAILED: 'bad',
};

export function ReconciliationsPage() {
  const { t } = useTranslation();
  const mayRun = useCan('reconciliation:run');
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const runs = useQuery({
    queryKey: queryKeys.reconciliations(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/reconciliations', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    // No push tells of them; while one is at work the list is looked at again.
    refetchInterval: ({ state }) => (state.data?.items.some(isAtWork) ? LOOK_AGAIN_MS : false),
  });
  return (
    <Page title={t('reconciliation.title')} lead={t('reconciliation.lead')}>
      {mayRun && <RunADay />}
      <ListPanel
        list={runs}
        paging={paging}
        empty={<NothingHere title={t('reconciliation.none')} text={t('reconciliation.noneText')} />}
      >
        {(items) => (
          <table className={`${table.table} ${styles.table}`} aria-busy={runs.isPlaceholderData}>
            <thead>
              <tr>
                <th scope="col">{t('reconciliation.day')}</th>
                <th scope="col">{t('reconciliation.account')}</th>
                <th scope="col">{t('reconciliation.state')}</th>
                <th scope="col" className={table.number}>
                  {t('reconciliation.lines')}
                </th>
                <th scope="col" className={table.number}>
                  {t('reconciliation.paid')}
                </th>
                <th scope="col" className={table.number}>
                  {t('reconciliation.fees')}
                </th>
                <th scope="col" className={table.number}>
                  {t('reconciliation.differences')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((run) => (
                <Row key={run.id} run={run} />
              ))}
            </tbody>
          </table>
        )}
      </ListPanel>
    </Page>
  );
}

/** A run begins by waiting for its bill, and may go on any moment. */
export const isAtWork = ({ state }: Reconciliation): boolean => state !== 'DONE' && state !== 'FAILED';

export function ReconciliationTag({ state }: { state: Reconciliation['state'] }) {
  const { t } = useTranslation();
  return <Tag tone={TONES[state]}>{t(`reconciliation.states.${state}`)}</Tag>;
}

function Row({ run }: { run: Reconciliation }) {
  const { t } = useTranslation();
  return (
    <tr data-account={run.accountId}>
      <td className={styles.day}>
        <Link className={table.rowLink} to={`/operations/reconciliations/${run.id}`}>
          {run.billDate}
        </Link>
      </td>
      <td className={styles.account}>{run.accountId}</td>
      <td className={styles.state}>
        <ReconciliationTag state={run.state} />
      </td>
      <td className={`${table.number} ${styles.lines}`}>{run.billLines}</td>
      <td className={`${table.number} ${styles.paid}`} data-label={t('reconciliation.paid')}>
        <Amount value={run.paidAmount} />
      </td>
      <td className={`${table.number} ${styles.fees}`}>
        <Amount value={run.feeAmount} />
      </td>
      <td className={`${table.number} ${styles.differences}`} data-label={t('reconciliation.differences')}>
        {run.differences}
        {run.openDifferences > 0 && (
          <span className={styles.open}>{t('reconciliation.open', { count: run.openDifferences })}</span>
        )}
      </td>
    </tr>
  );
}

const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Days as the channels' bills have them, in Beijing. */
function billDay(daysAgo: number): string {
  return new Date(serverNow() + BEIJING_MS - daysAgo * DAY_MS).toISOString().slice(0, 10);
}

function RunADay() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [day, setDay] = useState(() => billDay(1));
  const running = useMutation({
    mutationFn: (billDate: string) => answerOf(api.POST('/v1/admin/reconciliations', { body: { billDate } })),
    onSuccess: () => void message.success(t('reconciliation.started')),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allReconciliations }),
  });
  return (
    <>
      <form
        className={styles.run}
        onSubmit={(event) => {
          event.preventDefault();
          if (day !== '' && !running.isPending) running.mutate(day);
        }}
      >
        <Input
          className={styles.date ?? ''}
          type="date"
          aria-label={t('reconciliation.day')}
          max={billDay(0)}
          value={day}
          onChange={(event) => setDay(event.target.value)}
        />
        <Button type="primary" htmlType="submit" loading={running.isPending} disabled={day === ''}>
          {t('reconciliation.run')}
        </Button>
      </form>
      {running.isError && <ProblemAlert className={styles.problem} error={running.error} />}
    </>
  );
}
