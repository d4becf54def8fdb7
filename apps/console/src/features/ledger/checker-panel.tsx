import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Instant } from '../../ui/instant';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Panel } from '../../ui/page';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import { FindingItem } from './finding-item';
import styles from './ledger.module.css';

type Checker = Schemas['CheckerState'];

const LOOK_AGAIN_MS = 5_000;
const PAGE_SIZE = 10;
const SHOWN = ['OPEN', 'SETTLED', 'ANY'] as const;

/** What the ledger's own checker says of it, and what was done about it. */
export function CheckerPanel() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const shown = SHOWN.find((each) => each === params.get('findings')) ?? 'OPEN';
  const paging = useCursorPaging();
  const query = {
    ...(shown !== 'ANY' && { state: shown }),
    ...(paging.cursor && { cursor: paging.cursor }),
    limit: PAGE_SIZE,
  };
  const checker = useQuery({
    queryKey: queryKeys.checker(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/ledger/checker', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (checker.data === undefined) return checker.isError ? <ProblemAlert error={checker.error} /> : null;
  const { items, nextCursor } = checker.data.findings;
  return (
    <Panel className={styles.gap}>
      <div className={styles.inset}>
        <h2>{t('book.checker')}</h2>
        <Figures checker={checker.data} />
        <Select
          aria-label={t('findings.state')}
          className={styles.select ?? ''}
          value={shown}
          // Another list begins at its beginning: a cursor belongs to the one it was given by.
          onChange={(value) => void navigate({ search: `?findings=${value}` })}
          options={SHOWN.map((value) => ({ value, label: t(`findings.show.${value}`) }))}
        />
      </div>
      {items.length > 0 && (
        <ul className={styles.findings}>
          {items.map((finding) => (
            <FindingItem key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
      <Pager paging={paging} nextCursor={nextCursor} />
    </Panel>
  );
}

function Figures({ checker: { commits, replay, openFindings } }: { checker: Checker }) {
  const { t } = useTranslation();
  return (
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
