import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { NothingHere } from '../../ui/nothing-here';
import { Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag, type Tone } from '../../ui/tag';
import styles from './webhooks.module.css';

type Delivery = Schemas['WebhookDelivery'];

const PAGE_SIZE = 20;
/** Deliveries are told by no push; while one is on its way the list is looked at again. */
const LOOK_AGAIN_MS = 1_500;
const TONES: Readonly<Record<Delivery['state'], Tone>> = {
  PENDING: 'waiting',
  DELIVERED: 'good',
  EXHAUSTED: 'bad',
};

export function Deliveries({ webhooks }: { webhooks: readonly Schemas['Webhook'][] }) {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const deliveries = useQuery({
    queryKey: queryKeys.webhookDeliveries(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/webhook-deliveries', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some((delivery) => delivery.state === 'PENDING') ? LOOK_AGAIN_MS : false,
  });
  return (
    <div className={styles.deliveries}>
      <h2>{t('webhooks.deliveries')}</h2>
      {deliveries.isError && deliveries.data === undefined && (
        <ProblemAlert error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      )}
      {!deliveries.isError && (
        <Panel>
          {deliveries.isPending && <RowsSkeleton rows={3} />}
          {deliveries.data?.items.length === 0 && (
            <NothingHere title={t('webhooks.noDeliveries')} text={t('webhooks.noDeliveriesText')} />
          )}
          <ul>
            {deliveries.data?.items.map((delivery) => (
              <DeliveryItem
                key={delivery.id}
                delivery={delivery}
                url={webhooks.find(({ id }) => id === delivery.webhookId)?.url}
              />
            ))}
          </ul>
          {deliveries.data && <Pager paging={paging} nextCursor={deliveries.data.nextCursor} />}
        </Panel>
      )}
    </div>
  );
}

function DeliveryItem({ delivery, url }: { delivery: Delivery; url: string | undefined }) {
  const { t } = useTranslation();
  const resending = useResend(delivery.id);
  return (
    <li className={styles.delivery}>
      <div className={styles.head}>
        <span className={styles.what}>
          <strong>{t(`webhooks.eventNames.${delivery.event}`)}</strong>
          <Tag tone={TONES[delivery.state]}>{t(`webhooks.states.${delivery.state}`)}</Tag>
        </span>
        <Button size="small" loading={resending.isPending} onClick={() => resending.mutate()}>
          {t('webhooks.resend')}
        </Button>
      </div>
      <p className={styles.faint}>
        <Instant at={delivery.createdAt} format="exact" /> · {t('webhooks.tries', { count: delivery.tries })}
        {delivery.lastStatus !== null
          ? ` · ${t('webhooks.status', { status: delivery.lastStatus })}`
          : delivery.lastError !== null && ` · ${delivery.lastError}`}
        {delivery.nextTryAt !== null && (
          <>
            {` · ${t('webhooks.nextTry')} `}
            <Instant at={delivery.nextTryAt} format="exact" />
          </>
        )}
        {delivery.rechargeId !== null && (
          <>
            {' · '}
            <Link to={`/recharges/${delivery.rechargeId}`}>{t('webhooks.order')}</Link>
          </>
        )}
      </p>
      {url !== undefined && <p className={`${styles.faint} ${styles.url}`}>{url}</p>}
      {resending.isError && <ProblemAlert error={resending.error} />}
    </li>
  );
}

function useResend(id: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/v1/webhook-deliveries/{id}/resend', { params: { path: { id } } })),
    onSuccess: () => void message.success(t('webhooks.resent')),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allWebhookDeliveries }),
  });
}
