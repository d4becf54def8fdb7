import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import type { ProblemCode } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { useAccount } from '../../session/use-session';
import { ProblemAlert } from '../../ui/problem-alert';
import styles from './review.module.css';

type Review = Schemas['WithdrawalReview'];
type Outcome = Schemas['WithdrawalApprovalOutcome'];

export interface Selection {
  /** What can be approved without a look of its own. */
  readonly offered: readonly string[];
  readonly chosen: readonly string[];
  readonly choose: (ids: readonly string[]) => void;
}

/** Chosen are only those that are still on the page and still wait for this operator. */
export function useSelection(items: readonly Review[]): Selection {
  const { id: ownId } = useAccount();
  const [wanted, choose] = useState<readonly string[]>([]);
  const offered = items
    .filter(
      ({ withdrawal, riskFlags, approvals }) =>
        withdrawal.state === 'IN_REVIEW' &&
        withdrawal.ownerId !== ownId &&
        riskFlags.length === 0 &&
        approvals.every(({ operatorId }) => operatorId !== ownId),
    )
    .map(({ withdrawal }) => withdrawal.id);
  return { offered, chosen: offered.filter((id) => wanted.includes(id)), choose };
}

/** Approves what is chosen, each by itself, and says what has become of each. */
export function BulkApproval({ selection }: { selection: Selection }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { offered, chosen, choose } = selection;
  const approving = useMutation({
    mutationFn: (withdrawalIds: readonly string[]) =>
      answerOf(api.POST('/v1/admin/withdrawals/approve', { body: { withdrawalIds: [...withdrawalIds] } })),
    onSuccess: () => choose([]),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allReviews }),
  });
  const isAll = offered.length > 0 && chosen.length === offered.length;
  return (
    <>
      <Checkbox
        checked={isAll}
        indeterminate={chosen.length > 0 && !isAll}
        disabled={offered.length === 0}
        onChange={(event) => choose(event.target.checked ? offered : [])}
      >
        {t('review.selectAll')}
      </Checkbox>
      {chosen.length > 0 && (
        <Button type="primary" loading={approving.isPending} onClick={() => approving.mutate(chosen)}>
          {t('review.approveMany', { count: chosen.length })}
        </Button>
      )}
      {approving.isError && <ProblemAlert className={styles.wide} error={approving.error} />}
      {approving.data && <Outcomes items={approving.data.items} onClose={approving.reset} />}
    </>
  );
}

function Outcomes({ items, onClose }: { items: readonly Outcome[]; onClose: () => void }) {
  const { t } = useTranslation();
  const done = items.filter(({ refusal }) => refusal === null).length;
  return (
    <Alert
      className={styles.wide ?? ''}
      type={done === items.length ? 'success' : 'warning'}
      showIcon
      closable={{ onClose }}
      title={t('review.manyTitle', { done, count: items.length })}
      description={
        <ul>
          {items.map(({ withdrawalId, refusal }) => (
            <li key={withdrawalId} data-outcome={refusal?.code ?? 'approved'}>
              {withdrawalId}:{' '}
              {refusal === null ? t('review.manyDone') : t(`problem.codes.${refusal.code as ProblemCode}`)}
            </li>
          ))}
        </ul>
      }
    />
  );
}
