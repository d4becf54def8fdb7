import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCan } from '../../session/use-session';
import { useCursorPaging } from '../../ui/cursor-trail';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { DeadLetterItem } from './dead-letter-item';
import styles from './work-item.module.css';

type DeadLetter = Schemas['DeadLetter'];

const SERVICES = [
  'payment',
  'wallet',
  'gateway',
  'identity',
] as const satisfies readonly DeadLetter['service'][];
const PAGE_SIZE = 20;

export function DeadLettersPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const paging = useCursorPaging();
  const mayReplay = useCan('dead-letter:replay');
  const service = SERVICES.find((each) => each === params.get('service')) ?? SERVICES[0];
  const query = { service, ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const letters = useQuery({
    queryKey: queryKeys.deadLetters(service, paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/dead-letters', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const replaying = useReplay();
  return (
    <Page title={t('deadLetters.title')} lead={t('deadLetters.lead')}>
      <div className={styles.services}>
        <Segmented
          aria-label={t('deadLetters.service')}
          value={service}
          onChange={(next) => void navigate({ search: `?service=${next}` })}
          options={[...SERVICES]}
        />
      </div>
      {replaying.isError && <ProblemAlert className={styles.problem} error={replaying.error} />}
      {letters.isError && letters.data === undefined && (
        <ProblemAlert error={letters.error} onRetry={() => void letters.refetch()} />
      )}
      {!letters.isError && (
        <Panel>
          {letters.isPending && <RowsSkeleton rows={4} />}
          {letters.data?.items.length === 0 && (
            <NothingHere title={t('deadLetters.none')} text={t('deadLetters.noneText', { service })} />
          )}
          <ul>
            {letters.data?.items.map((letter) => (
              <DeadLetterItem
                key={letter.id}
                letter={letter}
                isReplaying={replaying.isPending && replaying.variables.id === letter.id}
                onReplay={mayReplay ? () => replaying.mutate(letter) : undefined}
              />
            ))}
          </ul>
          {letters.data && <Pager paging={paging} nextCursor={letters.data.nextCursor} />}
        </Panel>
      )}
    </Page>
  );
}

function useReplay() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ service, id }: DeadLetter) =>
      answerOf(
        api.POST('/v1/admin/dead-letters/{service}/{id}/replay', { params: { path: { service, id } } }),
      ),
    onSuccess: (_, { event, service }) => void message.success(t('deadLetters.replayed', { event, service })),
    // Somebody else may have replayed it already: either way the list has changed.
    onSettled: (_, __, { service }) => queries.invalidateQueries({ queryKey: ['dead-letters', service] }),
  });
}
