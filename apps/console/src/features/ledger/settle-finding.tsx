import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCan } from '../../session/use-session';
import { ReasonDialog } from '../../ui/reason-dialog';
import work from '../operations/work-item.module.css';

const REASON_LENGTH = 500;

type Finding = Schemas['CheckerFinding'];

/** Lays a finding to rest. What it has frozen may stay so, and can be let go later. */
export function SettleFinding({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const maySettle = useCan('ledger:settle');
  const [isOpen, setOpen] = useState(false);
  const [lifts, setLifts] = useState(true);
  const settling = useSettle(finding.id, () => setOpen(false));
  const isOpenFinding = finding.state === 'OPEN';
  const isFrozen = finding.frozenAccounts.length > 0 && finding.unfrozenAt === null;
  if (!maySettle || (!isOpenFinding && !isFrozen)) return null;
  const action = t(isOpenFinding ? 'findings.settle' : 'findings.lift');
  return (
    <div className={work.actions}>
      <Button onClick={() => setOpen(true)}>{action}</Button>
      {isOpen && (
        <ReasonDialog
          title={t(isOpenFinding ? 'findings.settleTitle' : 'findings.liftTitle')}
          text={t(isOpenFinding ? 'findings.settleText' : 'findings.liftText')}
          confirm={action}
          maxLength={REASON_LENGTH}
          error={settling.error}
          isPending={settling.isPending}
          onConfirm={(reason) => settling.mutate({ reason, unfreeze: isFrozen && (lifts || !isOpenFinding) })}
          onClose={() => setOpen(false)}
        >
          {isOpenFinding && isFrozen && (
            <Checkbox checked={lifts} onChange={(event) => setLifts(event.target.checked)}>
              {t('findings.unfreeze')}
            </Checkbox>
          )}
        </ReasonDialog>
      )}
    </div>
  );
}

function useSettle(id: string, onDone: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { reason: string; unfreeze: boolean }) =>
      answerOf(api.POST('/v1/admin/ledger/findings/{id}/settle', { params: { path: { id } }, body })),
    onSuccess: ({ unfrozenAt }: Finding) => {
      void message.success(t(unfrozenAt === null ? 'findings.settled' : 'findings.lifted'));
      onDone();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.checkers }),
  });
}
