import { PrinterOutlined, RollbackOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCan } from '../../session/use-session';
import { LinkButton } from '../../ui/link-button';
import { ProblemAlert } from '../../ui/problem-alert';
import { OtherWay } from './other-way';
import { payLinkOf } from './pay-link';
import { RefundDialog, refundableOf } from './refund-dialog';
import styles from './order-status.module.css';

type Recharge = Schemas['Recharge'];

interface OrderActionsProps {
  readonly order: Recharge;
  /** Whoever came back from the cashier has probably paid, and is not to be led into paying again. */
  readonly hasReturned: boolean;
}

export function OrderActions({ order, hasReturned }: OrderActionsProps) {
  const { t } = useTranslation();
  if (order.state === 'PAYING') return <WhilePaying order={order} hasReturned={hasReturned} />;
  // Who has paid, if not as asked, is not led into paying again.
  if (order.state === 'CLOSED' && order.inConflict) return null;
  if (order.state === 'CLOSED') {
    return (
      <div className={styles.actions}>
        <LinkButton type="primary" size="large" to={`/recharge?amount=${order.amount}`}>
          {t('order.again')}
        </LinkButton>
      </div>
    );
  }
  if (order.state !== 'CREDITED') return null;
  return <WhenCredited order={order} />;
}

function WhenCredited({ order }: { order: Recharge }) {
  const { t } = useTranslation();
  const mayRefund = useCan('refund:create');
  const [isRefunding, setRefunding] = useState(false);
  return (
    <div className={styles.actions}>
      <LinkButton type="primary" size="large" to="/">
        {t('order.toWallet')}
      </LinkButton>
      <Button size="large" icon={<PrinterOutlined />} onClick={() => window.print()}>
        {t('order.print')}
      </Button>
      {mayRefund && refundableOf(order) > 0n && (
        <Button size="large" icon={<RollbackOutlined />} onClick={() => setRefunding(true)}>
          {t('refund.open')}
        </Button>
      )}
      {isRefunding && <RefundDialog order={order} onClose={() => setRefunding(false)} />}
    </div>
  );
}

function WhilePaying({ order, hasReturned }: OrderActionsProps) {
  const { t } = useTranslation();
  const mayClose = useCan('recharge:close');
  const mayPay = useCan('recharge:create') && !order.inConflict;
  const closing = useCloseOrder(order);
  const link = payLinkOf(order);
  const channel = t(`recharges.channels.${order.channel}`);
  return (
    <>
      <div className={styles.actions}>
        {link !== null && mayPay && (
          <Button type={hasReturned ? 'default' : 'primary'} size="large" href={link}>
            {t(hasReturned ? 'order.notPaidYet' : 'order.continueToPay', { channel })}
          </Button>
        )}
        {mayPay && <OtherWay order={order} />}
        {mayClose && (
          <Popconfirm
            title={t('order.closeTitle')}
            description={<div style={{ maxWidth: 260 }}>{t('order.closeText')}</div>}
            okText={t('order.close')}
            cancelText={t('cancel')}
            onConfirm={() => closing.mutate()}
          >
            <Button size="large" loading={closing.isPending}>
              {t('order.close')}
            </Button>
          </Popconfirm>
        )}
      </div>
      {closing.isError && <ProblemAlert className={styles.problem} error={closing.error} />}
    </>
  );
}

function useCloseOrder({ id }: Recharge) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/v1/recharges/{id}/close', { params: { path: { id } } })),
    onSuccess: (closed) => {
      queries.setQueryData(queryKeys.recharge(id), closed);
      void queries.invalidateQueries({ queryKey: queryKeys.rechargeLists });
      void message.info(closed.state === 'CLOSED' ? t('order.closed') : t('order.paidMeanwhile'));
    },
    // It may have been paid or closed a moment ago: show what it is now.
    onError: () => void queries.invalidateQueries({ queryKey: queryKeys.recharge(id) }),
  });
}
