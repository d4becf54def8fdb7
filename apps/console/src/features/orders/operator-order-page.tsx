import { LeftOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { formatYuan, parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { NothingHere } from '../../ui/nothing-here';
import { Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import { Story } from '../order/story';
import { StateTag } from '../recharges/state-tag';
import styles from './orders.module.css';

type Order = Schemas['Order'];

/** An order as support sees it: what it is, and what happened. */
export function OperatorOrderPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const order = useQuery({
    queryKey: queryKeys.order(id),
    queryFn: async ({ signal }) => {
      const query = { number: id, limit: 1 };
      const { items } = await answerOf(api.GET('/v1/admin/orders', { params: { query }, signal }));
      return items[0] ?? null;
    },
  });
  return (
    <>
      <title>{`${t('orders.facts')} ${id} · Clearbid`}</title>
      <Link className={styles.back} to="/operations/orders">
        <LeftOutlined /> {t('orders.back')}
      </Link>
      {order.isPending && <PageSkeleton />}
      {order.isError && <ProblemAlert error={order.error} onRetry={() => void order.refetch()} />}
      {order.data === null && (
        <Panel>
          <NothingHere title={t('orders.none')} text={t('orders.noneText')} />
        </Panel>
      )}
      {order.data && (
        <>
          <Facts order={order.data} />
          <Story
            queryKey={queryKeys.orderEvents(order.data.id)}
            load={(signal) =>
              answerOf(api.GET('/v1/admin/orders/{id}/events', { params: { path: { id } }, signal }))
            }
          />
        </>
      )}
    </>
  );
}

function Facts({ order }: { order: Order }) {
  const { t } = useTranslation();
  const channel = t(`recharges.channels.${order.channel}`);
  return (
    <Panel className={styles.facts}>
      <div className={styles.head}>
        <h1>
          <Amount value={order.amount} />
        </h1>
        <StateTag state={order.state} />
        {order.inConflict && <Tag tone="bad">{t('orders.flags.inConflict')}</Tag>}
        {order.paidLate && <Tag tone="waiting">{t('orders.flags.paidLate')}</Tag>}
        {parseYuan(order.refundedAmount) > 0n && (
          <Tag>{t('payment.partlyRefunded', { amount: formatYuan(order.refundedAmount) })}</Tag>
        )}
        {parseYuan(order.refundingAmount) > 0n && (
          <Tag tone="waiting">{t('payment.refunding', { amount: formatYuan(order.refundingAmount) })}</Tag>
        )}
      </div>
      <dl className={styles.list}>
        <Fact name={t('order.number')}>
          <LongNumber value={order.id} />
        </Fact>
        <Fact name={t('orders.merchant')}>
          <Link to={`/operations/orders?merchant=${order.merchantId}`}>{order.merchantId}</Link>
        </Fact>
        <Fact name={t('order.outTradeNo')}>
          <LongNumber value={order.outTradeNo} />
        </Fact>
        {order.channelTradeNo !== null && (
          <Fact name={t('order.channelTradeNo', { channel })}>
            <LongNumber value={order.channelTradeNo} />
          </Fact>
        )}
        <Fact name={t('order.method')}>
          {channel}, {t(`recharges.methods.${order.method}`)}
        </Fact>
        {order.offer !== null && (
          <Fact name={t('recharge.offer')}>
            {order.offer.name}, {t('recharge.offerGrants', { bonus: formatYuan(order.offer.bonusAmount) })}
          </Fact>
        )}
        <Moment name={t('order.steps.created')} at={order.createdAt} />
        <Moment name={t('order.steps.paid')} at={order.paidAt} />
        <Moment name={t('order.steps.credited')} at={order.creditedAt} />
        <Moment name={t('order.steps.closed')} at={order.closedAt} />
      </dl>
    </Panel>
  );
}

function Moment({ name, at }: { name: string; at: string | null }) {
  if (at === null) return null;
  return (
    <Fact name={name}>
      <Instant at={at} format="exact" />
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
