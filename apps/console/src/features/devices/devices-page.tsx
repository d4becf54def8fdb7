import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { signOut, signOutEverywhere } from '../../session/sign-out';
import { useCan } from '../../session/use-session';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { DeviceRow, useDeviceName } from './device-row';

type Session = Schemas['Session'];

export function DevicesPage() {
  const { t } = useTranslation();
  const mayEnd = useCan('session:end');
  const sessions = useQuery({
    queryKey: queryKeys.sessions,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/auth/sessions', { signal })),
  });
  const ending = useEndSession();
  return (
    <Page
      title={t('devices.title')}
      lead={t('devices.lead')}
      actions={mayEnd && <SignOutEverywhere />}
      narrow
    >
      {sessions.isError && sessions.data === undefined && (
        <ProblemAlert error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {!sessions.isError && (
        <Panel>
          {sessions.isPending && <RowsSkeleton rows={3} />}
          <ul>
            {newestFirst(sessions.data?.items ?? []).map((session) => (
              <DeviceRow
                key={session.id}
                session={session}
                isEnding={ending.isPending && ending.variables.id === session.id}
                onEnd={mayEnd ? () => ending.mutate(session) : undefined}
              />
            ))}
          </ul>
        </Panel>
      )}
      {ending.isError && <ProblemAlert error={ending.error} />}
    </Page>
  );
}

/** This device on top, then by their last use. */
function newestFirst(sessions: readonly Session[]): Session[] {
  return sessions.toSorted(
    (a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt),
  );
}

function useEndSession() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const nameOf = useDeviceName();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (session: Session) => {
      if (session.current) return await signOut();
      await answerOf(api.DELETE('/v1/auth/sessions/{id}', { params: { path: { id: session.id } } }));
      void message.success(t('devices.signedOut', { device: nameOf(session.userAgent) }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.sessions }),
  });
}

function SignOutEverywhere() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const leaving = useMutation({
    mutationFn: signOutEverywhere,
    onError: () => void message.error(t('problem.unknown')),
  });
  return (
    <Popconfirm
      title={t('devices.everywhereTitle')}
      description={<div style={{ maxWidth: 260 }}>{t('devices.everywhereText')}</div>}
      okText={t('devices.everywhere')}
      okButtonProps={{ danger: true }}
      cancelText={t('cancel')}
      onConfirm={() => leaving.mutate()}
    >
      <Button danger loading={leaving.isPending}>
        {t('devices.everywhere')}
      </Button>
    </Popconfirm>
  );
}
