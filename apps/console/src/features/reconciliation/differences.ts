import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import type { Tone } from '../../ui/tag';

export type Difference = Schemas['ReconciliationDifference'];
export type DifferenceAction = Difference['actions'][number];

export const DIFFERENCE_KINDS = [
  'ONLY_AT_CHANNEL',
  'ONLY_HERE',
  'AMOUNT_DIFFERS',
  'STATE_DIFFERS',
  'FEE_DIFFERS',
] as const satisfies readonly Difference['kind'][];

export const DIFFERENCE_STATES = [
  'OPEN',
  'APPROVAL_PENDING',
  'CARRIED',
  'REPAIRED',
  'ACCEPTED',
  'REFUNDED',
  'WRITTEN_OFF',
  'EXPLAINED',
] as const satisfies readonly Difference['state'][];

export function toneOf(state: Difference['state']): Tone {
  if (state === 'OPEN') return 'bad';
  return state === 'APPROVAL_PENDING' || state === 'CARRIED' ? 'waiting' : 'good';
}

export function useSettleDifference(id: string, onDone: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: { action: DifferenceAction; reason: string }) =>
      answerOf(
        api.POST('/v1/admin/reconciliation-differences/{id}/settle', { params: { path: { id } }, body }),
      ),
    onSuccess: ({ state }: Difference): void => {
      // A repair may not help, or not at once.
      if (state === 'OPEN' || state === 'CARRIED') void message.info(t('reconciliation.notYet'));
      else if (state === 'APPROVAL_PENDING') void message.info(t('reconciliation.asked'));
      else {
        const words = t(`reconciliation.differenceStates.${state}`);
        void message.success(t('reconciliation.settled', { state: words }));
      }
      onDone();
    },
    onSettled: refresh,
  });
}

export function useApproveWriteOff(id: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (approve: boolean) =>
      answerOf(
        api.POST('/v1/admin/reconciliation-differences/{id}/approval', {
          params: { path: { id } },
          body: { approve },
        }),
      ),
    onSuccess: (_, approve): void => {
      void message.success(t(approve ? 'reconciliation.approved' : 'reconciliation.sentBack'));
    },
    onSettled: refresh,
  });
}

/** Somebody else may have been faster: whether it was done or refused, the list has changed. */
function useRefresh() {
  const queries = useQueryClient();
  return (): void => void queries.invalidateQueries({ queryKey: queryKeys.allReconciliations });
}
