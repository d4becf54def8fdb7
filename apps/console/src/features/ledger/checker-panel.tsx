import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Instant } from '../../ui/instant';
import { Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import styles from './ledger.module.css';

const LOOK_AGAIN_MS = 5_000;
const SHOWN = 5;

/** What the ledger's own checker says of it. */
export function CheckerPanel() {
  const { t } = useTranslation();
  const query = { state: 'OPEN', limit: SHOWN } as const;
  const checker = useQuery({
    queryKey: queryKeys.checker,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/ledger/checker', { params: { query }, signal })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (checker.data === undefined) return checker.isError ? <ProblemAlert error={checker.error} /> : null;
  const { commits, replay, openFindings, findings } = checker.data;
  return (
    <Panel className={styles.panel}>
      <h2>{t('book.checker')}</h2>
      <dl className={styles.figures} data-findings={openFindings}>
        <Figure name={t('book.findings')}>
          {openFindings}{' '}
          <Tag tone={openFindings === 0 ? 'good' : 'bad'}>
            {t(openFindings === 0 ? 'book.nothingFound' : 'book.somethingFound')}
          </Tag>
        </Figure>
        <Figure name={t('book.checkedTransfers')}>{commits.checkedTransfers}</Figure>
        <Figure name={t('book.lag')}>{t('book.seconds', { seconds: Math.round(commits.lagSeconds) })}</Figure>
        <Figure name={t('book.lastPass')}>
          {replay.lastPass === null ? t('book.noPass') : <Instant at={replay.lastPass.finishedAt} />}
        </Figure>
      </dl>
      {findings.items.map((finding) => (
        <p key={finding.id} className={styles.bad} lang="en">
          {finding.account ?? finding.transferId}: {finding.detail}
        </p>
      ))}
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
