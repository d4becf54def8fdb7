import { LeftOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { formatYuan } from '../../money/yuan';
import { LinkButton } from '../../ui/link-button';
import { NothingHere } from '../../ui/nothing-here';
import { Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { OrderProgress } from './order-progress';
import { OrderStatus } from './order-status';
import styles from './order-page.module.css';
import { Receipt } from './receipt';
import { Refunds } from './refunds';
import { Story } from './story';

type Recharge = Schemas['Recharge'];

export function OrderPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const hasReturned = useReturnFromCashier();
  const order = useQuery({
    queryKey: queryKeys.recharge(id),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/recharges/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <>
      <title>{`${order.data ? t('order.title', { amount: formatYuan(order.data.amount) }) : t('order.plainTitle')} · Clearbid`}</title>
      <Link className={styles.back} to="/recharges">
        <LeftOutlined /> {t('order.back')}
      </Link>
      {order.isPending && <PageSkeleton />}
      {order.isError && order.data === undefined && (
        <Missing id={id} error={order.error} onRetry={() => void order.refetch()} />
      )}
      {order.data && <Order order={order.data} hasReturned={hasReturned} />}
    </>
  );
}

function Order({ order, hasReturned }: { order: Recharge; hasReturned: boolean }) {
  const { t } = useTranslation();
  const isPaid = order.state === 'PAID' || order.state === 'CREDITED';
  return (
    <>
      <output className="visually-hidden">
        {t('order.announce', {
          amount: formatYuan(order.amount),
          state: t(`recharges.states.${order.state}`),
        })}
      </output>
      <div className={styles.columns}>
        <Panel className={styles.main}>
          <OrderStatus order={order} hasReturned={hasReturned} />
        </Panel>
        <div className={styles.aside}>
          {isPaid ? <Receipt order={order} /> : <OrderProgress order={order} />}
        </div>
      </div>
      {isPaid && <Refunds orderId={order.id} />}
      <Story
        queryKey={queryKeys.rechargeEvents(order.id)}
        load={(signal) =>
          answerOf(api.GET('/v1/recharges/{id}/events', { params: { path: { id: order.id } }, signal }))
        }
      />
    </>
  );
}

function Missing({ id, error, onRetry }: { id: string; error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  const isUnknown = error instanceof ApiProblem && (error.status === 404 || error.status === 400);
  if (!isUnknown) return <ProblemAlert error={error} onRetry={onRetry} />;
  return (
    <Panel>
      <NothingHere
        title={t('order.notFound')}
        text={t('order.notFoundText', { id })}
        action={<LinkButton to="/recharges">{t('order.back')}</LinkButton>}
      />
    </Panel>
  );
}

interface ReturnState {
  readonly hasReturned?: boolean;
}

/**
 * The channel sends the buyer back with its own parameters in the address. They prove nothing (anybody could type
 * them), so they only tell that somebody came back, and are taken out of the address.
 */
function useReturnFromCashier(): boolean {
  const location = useLocation();
  const { search, pathname } = location;
  const state = location.state as ReturnState | null;
  const navigate = useNavigate();
  const isReturning = search !== '';
  useEffect(() => {
    if (!isReturning) return;
    void navigate(pathname, { replace: true, state: { hasReturned: true } satisfies ReturnState });
  }, [isReturning, pathname, navigate]);
  return isReturning || state?.hasReturned === true;
}
