import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { formatYuan } from '../../money/yuan';
import { useAccount } from '../../session/use-session';
import { ProblemAlert } from '../../ui/problem-alert';
import { ReasonDialog } from '../../ui/reason-dialog';
import work from '../operations/work-item.module.css';

type Review = Schemas['WithdrawalReview'];

const NOTE_LENGTH = 300;

/** Yes, with a note where there is risk; or no, with the reason that the owner is told. */
export function Decision({ item }: { item: Review }) {
  const { t } = useTranslation();
  const { id: ownId } = useAccount();
  const [open, setOpen] = useState<'note' | 'reason' | null>(null);
  const { approving, rejecting } = useDecisions(item.withdrawal.id, () => setOpen(null));
  const { ownerId, amount } = item.withdrawal;
  const isRisky = item.riskFlags.length > 0;
  const hasApproved = item.approvals.some(({ operatorId }) => operatorId === ownId);
  if (ownerId === ownId) return <p className={work.faint}>{t('review.ownOne')}</p>;
  return (
    <>
      {hasApproved && <p className={work.faint}>{t('review.yoursAlready')}</p>}
      <div className={work.actions}>
        {!hasApproved && (
          <Button
            type="primary"
            loading={approving.isPending && open === null}
            onClick={() => (isRisky ? setOpen('note') : approving.mutate(undefined))}
          >
            {t('review.approve')}
          </Button>
        )}
        <Button onClick={() => setOpen('reason')}>{t('review.reject')}</Button>
      </div>
      {approving.isError && open === null && <ProblemAlert error={approving.error} />}
      {open === 'note' && (
        <ReasonDialog
          title={t('review.approveTitle', { amount: formatYuan(amount) })}
          text={t('review.approveText')}
          confirm={t('review.approve')}
          maxLength={NOTE_LENGTH}
          error={approving.error}
          isPending={approving.isPending}
          onConfirm={(note) => approving.mutate(note)}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'reason' && (
        <ReasonDialog
          title={t('review.rejectTitle', { amount: formatYuan(amount) })}
          text={t('review.rejectText')}
          confirm={t('review.reject')}
          maxLength={NOTE_LENGTH}
          error={rejecting.error}
          isPending={rejecting.isPending}
          onConfirm={(reason) => rejecting.mutate(reason)}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function useDecisions(id: string, onDone: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const params = { path: { id } };
  const onSettled = (): void => void queries.invalidateQueries({ queryKey: queryKeys.allReviews });
  const approving = useMutation({
    mutationFn: (note: string | undefined) =>
      answerOf(
        api.POST('/v1/admin/withdrawals/{id}/approve', {
          params,
          body: note === undefined ? {} : { note },
        }),
      ),
    onSuccess: ({ withdrawal }) => {
      void message.success(t(withdrawal.state === 'IN_REVIEW' ? 'review.approved' : 'review.approvedLast'));
      onDone();
    },
    onSettled,
  });
  const rejecting = useMutation({
    mutationFn: (reason: string) =>
      answerOf(api.POST('/v1/admin/withdrawals/{id}/reject', { params, body: { reason } })),
    onSuccess: () => {
      void message.success(t('review.rejected'));
      onDone();
    },
    onSettled,
  });
  return { approving, rejecting };
}
