import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { ProblemAlert } from '../../ui/problem-alert';

export function CancelWithdrawal({ id }: { id: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/withdrawals/{id}/cancel', { params: { path: { id } } })),
    onSuccess: ({ state }) =>
      void message.success(t(state === 'CANCELLED' ? 'withdrawal.cancelled' : 'withdrawal.cancelAsked')),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.withdrawals });
      void queries.invalidateQueries({ queryKey: queryKeys.allEarnings });
    },
  });
  return (
    <>
      <Popconfirm
        title={t('withdrawal.cancelTitle')}
        description={t('withdrawal.cancelText')}
        okText={t('withdrawal.cancelYes')}
        cancelText={t('cancel')}
        onConfirm={() => cancelling.mutate()}
      >
        <Button size="large" loading={cancelling.isPending}>
          {t('withdrawal.cancel')}
        </Button>
      </Popconfirm>
      {cancelling.isError && <ProblemAlert error={cancelling.error} />}
    </>
  );
}
