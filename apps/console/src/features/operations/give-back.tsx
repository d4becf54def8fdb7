import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { useCan } from '../../session/use-session';
import { LongNumber } from '../../ui/long-number';
import { ReasonDialog } from '../../ui/reason-dialog';
import styles from './work-item.module.css';

const REASON_LENGTH = 80;

/** Gives a payment that was not as asked back, once. */
export function GiveBack({ conflict }: { conflict: Schemas['PaymentConflict'] }) {
  const { t } = useTranslation();
  const maySettle = useCan('payment-conflict:settle');
  const [isOpen, setOpen] = useState(false);
  const givingBack = useGiveBack(conflict.attemptId, () => setOpen(false));
  if (conflict.refundId !== null)
    return (
      <p className={styles.faint}>
        {t('settle.givenBack')} <LongNumber value={conflict.refundId} />
      </p>
    );
  if (!maySettle) return null;
  return (
    <div className={styles.actions}>
      <Button onClick={() => setOpen(true)}>{t('settle.giveBack')}</Button>
      {isOpen && (
        <ReasonDialog
          title={t('settle.giveBackTitle')}
          text={t('settle.giveBackText')}
          confirm={t('settle.giveBack')}
          maxLength={REASON_LENGTH}
          error={givingBack.error}
          isPending={givingBack.isPending}
          onConfirm={(reason) => givingBack.mutate(reason)}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

function useGiveBack(attemptId: string, onDone: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) =>
      answerOf(
        api.POST('/v1/admin/payment-conflicts/{attemptId}/refund', {
          params: { path: { attemptId } },
          body: { reason },
        }),
      ),
    onSuccess: () => {
      void message.success(t('settle.givingBack'));
      onDone();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['conflicts'] }),
  });
}
