import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { renewalSettled } from '../../session/access-token';
import { ChoiceCard } from '../../ui/choice-card';
import { ProblemAlert } from '../../ui/problem-alert';
import { useIsHandheld } from '../../ui/use-media';
import { methodsOf, usePayMethods, type Channel, type Method } from '../recharge/pay-methods';
import styles from './order-status.module.css';
import { payLinkOf } from './pay-link';

type Recharge = Schemas['Recharge'];

/** Whoever has no money at one channel pays the same order at another. */
export function OtherWay({ order }: { order: Recharge }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const isHandheld = useIsHandheld();
  const { data: open } = usePayMethods();
  const opening = useOpenAttempt(order.id, () => setOpen(false));
  const ways = (['alipay', 'wechat'] as const)
    .flatMap((channel) => methodsOf(open, channel, isHandheld).map((method) => ({ channel, method })))
    .filter(({ channel, method }) => channel !== order.channel || method !== order.method);
  if (ways.length === 0) return null;
  return (
    <>
      <Button size="large" onClick={() => setOpen(true)}>
        {t('payment.otherWay')}
      </Button>
      <Modal open={isOpen} title={t('payment.otherWay')} footer={null} onCancel={() => setOpen(false)}>
        <p className={styles.faint}>{t('payment.otherWayText')}</p>
        <div className={styles.ways}>
          {ways.map((way) => (
            <ChoiceCard
              key={`${way.channel}-${way.method}`}
              name="other-way"
              title={t(`recharges.channels.${way.channel}`)}
              text={t(`recharge.methods.${way.method}`)}
              checked={
                opening.isPending &&
                opening.variables.channel === way.channel &&
                opening.variables.method === way.method
              }
              disabled={opening.isPending}
              onChoose={() => opening.mutate(way)}
            />
          ))}
        </div>
        {opening.isError && <ProblemAlert className={styles.problem} error={opening.error} />}
      </Modal>
    </>
  );
}

function useOpenAttempt(id: string, onOpened: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { channel: Channel; method: Method }) =>
      answerOf(api.POST('/v1/recharges/{id}/attempts', { params: { path: { id } }, body })),
    onSuccess: async (order) => {
      queries.setQueryData(queryKeys.recharge(id), order);
      void queries.invalidateQueries({ queryKey: queryKeys.rechargeEvents(id) });
      onOpened();
      const link = payLinkOf(order);
      if (link === null || order.state !== 'PAYING') return;
      await renewalSettled();
      window.location.assign(link);
    },
  });
}
