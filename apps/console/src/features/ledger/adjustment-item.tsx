import { PaperClipOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { formatYuan } from '../../money/yuan';
import { useAccount, useCan } from '../../session/use-session';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { ProblemAlert } from '../../ui/problem-alert';
import { ReasonDialog } from '../../ui/reason-dialog';
import { Tag, type Tone } from '../../ui/tag';
import work from '../operations/work-item.module.css';
import type { Adjustment } from './adjustment-draft';
import { useRefusalText } from './refusal-text';

const REASON_LENGTH = 300;
const TONES: Readonly<Record<Adjustment['state'], Tone>> = {
  REQUESTED: 'waiting',
  APPROVED: 'waiting',
  POSTED: 'good',
  REFUSED: 'bad',
  REJECTED: 'bad',
  EXPIRED: 'plain',
};

export function AdjustmentItem({ adjustment }: { adjustment: Adjustment }) {
  const { t } = useTranslation();
  const refusalText = useRefusalText();
  const { expiresAt, expiredAmount } = adjustment;
  return (
    <li className={work.item} data-adjustment={adjustment.id} data-state={adjustment.state}>
      <div className={work.head}>
        <strong>
          {t(`adjustments.purposes.${adjustment.purpose}`)} · {t(`book.kinds.${adjustment.account}`)}
        </strong>
        <Tag tone={TONES[adjustment.state]}>{t(`adjustments.states.${adjustment.state}`)}</Tag>
      </div>
      <p>{adjustment.reason}</p>
      {adjustment.refusal !== null && <p className={work.faint}>{refusalText(adjustment.refusal)}</p>}
      {adjustment.rejection !== null && <p className={work.faint}>{adjustment.rejection}</p>}
      <dl className={work.sums}>
        <Fact name={t('adjustments.amount')}>
          <Amount value={adjustment.amount} signed />
        </Fact>
        {expiredAmount !== null && (
          <Fact name={t('adjustments.expired')}>
            <Amount value={expiredAmount} />
          </Fact>
        )}
      </dl>
      <dl className={work.numbers}>
        <Fact name={t('adjustments.owner')}>
          <LongNumber value={adjustment.ownerId} />
        </Fact>
        {adjustment.part !== null && <Fact name={t('adjustments.day')}>{adjustment.part}</Fact>}
        <Fact name={t('adjustments.askedBy')}>
          <Person id={adjustment.requestedBy} /> · <Instant at={adjustment.requestedAt} />
        </Fact>
        {adjustment.decidedBy !== null && adjustment.decidedAt !== null && (
          <Fact name={t('adjustments.decidedBy')}>
            <Person id={adjustment.decidedBy} /> · <Instant at={adjustment.decidedAt} />
          </Fact>
        )}
        {expiresAt !== null && (
          <Fact name={t('adjustments.ends')}>
            <Instant at={expiresAt} />
          </Fact>
        )}
        {adjustment.transferId !== null && (
          <Fact name={t('adjustments.transfer')}>
            <LongNumber value={adjustment.transferId} />
          </Fact>
        )}
      </dl>
      <Attachment adjustment={adjustment} />
      {adjustment.state === 'REQUESTED' && <Decision adjustment={adjustment} />}
    </li>
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

function Person({ id }: { id: string }) {
  const { t } = useTranslation();
  const { id: ownId } = useAccount();
  return id === ownId ? t('adjustments.you') : id;
}

/** Always saved and never shown: it is somebody else's file. */
function Attachment({ adjustment: { id, attachment } }: { adjustment: Adjustment }) {
  const saving = useMutation({
    mutationFn: async (fileName: string) => {
      const params = { path: { id } };
      const file = await answerOf(
        api.GET('/v1/admin/ledger/adjustments/{id}/attachment', { params, parseAs: 'blob' }),
      );
      const address = URL.createObjectURL(file);
      const link = document.createElement('a');
      link.href = address;
      link.download = fileName;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
  if (attachment === null) return null;
  return (
    <div>
      <Button
        icon={<PaperClipOutlined />}
        loading={saving.isPending}
        onClick={() => saving.mutate(attachment.fileName)}
      >
        {attachment.fileName}
      </Button>
      {saving.isError && <ProblemAlert error={saving.error} />}
    </div>
  );
}

/** The second pair of eyes; whoever asked for it can only take it back. */
function Decision({ adjustment }: { adjustment: Adjustment }) {
  const { t } = useTranslation();
  const { id: ownId } = useAccount();
  const mayDecide = useCan('adjustment:approve');
  const [isRejecting, setRejecting] = useState(false);
  const approving = useApprove(adjustment.id);
  const rejecting = useReject(adjustment.id, () => setRejecting(false));
  const isOwn = adjustment.requestedBy === ownId;
  if (!mayDecide) return null;
  return (
    <>
      {isOwn && <p className={work.faint}>{t('adjustments.own')}</p>}
      <div className={work.actions}>
        {!isOwn && (
          <Popconfirm
            title={t('adjustments.approveTitle')}
            description={
              <div style={{ maxWidth: 280 }}>
                {t('adjustments.approveText', {
                  amount: formatYuan(adjustment.amount),
                  owner: adjustment.ownerId,
                })}
              </div>
            }
            okText={t('adjustments.approve')}
            cancelText={t('cancel')}
            onConfirm={() => approving.mutate()}
          >
            <Button type="primary" loading={approving.isPending}>
              {t('adjustments.approve')}
            </Button>
          </Popconfirm>
        )}
        <Button disabled={approving.isPending} onClick={() => setRejecting(true)}>
          {t(isOwn ? 'adjustments.takeBack' : 'adjustments.reject')}
        </Button>
      </div>
      {approving.isError && <ProblemAlert error={approving.error} />}
      {isRejecting && (
        <ReasonDialog
          title={t(isOwn ? 'adjustments.takeBack' : 'adjustments.reject')}
          text={t('adjustments.rejectText')}
          confirm={t(isOwn ? 'adjustments.takeBack' : 'adjustments.reject')}
          maxLength={REASON_LENGTH}
          error={rejecting.error}
          isPending={rejecting.isPending}
          onConfirm={(reason) => rejecting.mutate(reason)}
          onClose={() => setRejecting(false)}
        />
      )}
    </>
  );
}

function useApprove(id: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/admin/ledger/adjustments/{id}/approve', { params: { path: { id } } })),
    onSuccess: ({ state }: Adjustment) => {
      const words = t(`adjustments.states.${state}`);
      void (state === 'REFUSED' ? message.warning(words) : message.success(words));
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allAdjustments }),
  });
}

function useReject(id: string, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) =>
      answerOf(
        api.POST('/v1/admin/ledger/adjustments/{id}/reject', { params: { path: { id } }, body: { reason } }),
      ),
    onSuccess: onDone,
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allAdjustments }),
  });
}
